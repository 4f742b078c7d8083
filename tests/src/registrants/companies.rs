//! Where the registrants work: 300 invented companies in 20 countries.

use super::{dice::Dice, people::CULTURES};

/// How many companies there are in each country.
const PER_COUNTRY: usize = 15;

/// The first words of the names.
const STEMS: &[&str] = &[
    "Alder",
    "Amberline",
    "Anchor Bay",
    "Aspen Ridge",
    "Beacon",
    "Birchwood",
    "Blue Heron",
    "Brightwater",
    "Canyon",
    "Cedar Point",
    "Clearfield",
    "Cobalt",
    "Copperleaf",
    "Crestview",
    "Driftwood",
    "Eastgate",
    "Elmstone",
    "Evergreen",
    "Fairhaven",
    "Falcon",
    "Firefly",
    "Foxglove",
    "Glacier",
    "Goldcrest",
    "Granite",
    "Greenfield",
    "Harborlight",
    "Hawthorn",
    "Hazelton",
    "Highland",
    "Ironbridge",
    "Juniper",
    "Kestrel",
    "Kingfisher",
    "Lakeshore",
    "Lantern",
    "Larkspur",
    "Lighthouse",
    "Linden",
    "Maplewood",
    "Meridian Hill",
    "Millbrook",
    "Moonstone",
    "Northfield",
    "Oakline",
    "Orchard",
    "Pinecrest",
    "Quarry",
    "Redwood",
    "Riverbend",
    "Rosewood",
    "Saffron",
    "Silverbirch",
    "Skylark",
    "Stonegate",
    "Sunfield",
    "Tidewater",
    "Union Square",
    "Westbrook",
    "Willow",
];

/// The second words, with the industry they stand for.
const TRADES: &[(&str, &str)] = &[
    ("Software", "Technology"),
    ("Logistics", "Logistics"),
    ("Health", "Healthcare"),
    ("Foods", "Food and Beverage"),
    ("Analytics", "Technology"),
    ("Energy", "Energy"),
    ("Capital", "Financial Services"),
    ("Robotics", "Manufacturing"),
    ("Outfitters", "Retail"),
    ("Learning", "Education"),
    ("Media", "Media"),
    ("Insurance", "Insurance"),
];

/// A company with what its people share.
pub(super) struct Company {
    pub(super) name: String,
    pub(super) domain: String,
    pub(super) industry: &'static str,
    pub(super) size: &'static str,
    pub(super) country: &'static str,
    pub(super) calling_code: u16,
}

/// All companies, country by country.
pub(super) fn all(dice: &mut Dice) -> Vec<Company> {
    let countries = CULTURES.iter().flat_map(|culture| std::iter::repeat_n(culture, PER_COUNTRY));
    let names = (0..).flat_map(|round| STEMS.iter().enumerate().map(move |(at, stem)| (*stem, at + round)));
    countries
        .zip(names)
        .map(|(culture, (stem, at))| {
            // Each round through the stems moves on by one trade, so that no name comes twice.
            let (trade, industry) = TRADES.get(at % TRADES.len()).copied().unwrap_or_default();
            let letters = |text: &str| text.to_lowercase().replace(' ', "");
            let name = match dice.below(12) {
                0 => format!("{stem} {trade}, Inc."),
                1 => format!("{stem} & Partners {trade}"),
                _ => format!("{stem} {trade}"),
            };
            Company {
                name,
                domain: format!("{}-{}.example", letters(stem), letters(trade)),
                industry,
                size: match dice.below(20) {
                    0..4 => "startup",
                    4..10 => "small",
                    10..15 => "medium",
                    _ => "enterprise",
                },
                country: culture.country,
                calling_code: culture.calling_code,
            }
        })
        .collect()
}

/// The company of a registrant: every company has one of the first 300, and the others are their colleagues, now and
/// then abroad.
pub(super) fn of<'a>(companies: &'a [Company], registrant: usize, dice: &mut Dice) -> Option<&'a Company> {
    let (culture, round) = (registrant % CULTURES.len(), registrant / CULTURES.len());
    let colleague = dice.below(15) as usize;
    let abroad = dice.chance(20).then(|| dice.below(20) as usize);
    match round < PER_COUNTRY {
        true => companies.get(culture * PER_COUNTRY + round),
        false => companies.get(abroad.unwrap_or(culture) * PER_COUNTRY + colleague),
    }
}
