//! Learned scorecards: what the tenant's own outcomes say of its leads, as lines of filter, points and reason that people can read,
//! edit and undo. There is no black box: what is learned is a scorecard like any other.

mod examples;
mod features;
mod fit;
mod lines;
mod logistic;
mod measures;
mod predict;
mod train;

pub use self::{
    measures::{Calibration, Measures},
    predict::{LeadPrediction, Predict},
    train::{
        FIELD_FORBIDDEN, LearnedField, LeftOut, NO_SIGNAL, NOT_CALIBRATED, TOO_FEW_OUTCOMES, Train, TrainedScorecard,
    },
};
