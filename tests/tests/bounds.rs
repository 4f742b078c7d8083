//! What comes in has bounds, the same on every backend: how much one call asks for, and which texts are taken.

mod limits;
mod texts;
