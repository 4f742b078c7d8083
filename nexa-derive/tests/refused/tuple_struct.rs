use nexa_core::Record;

#[derive(Record)]
#[record(kind = "toy", table = "toys")]
struct Toy(i64);

fn main() {}
