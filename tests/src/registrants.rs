//! The registrants of the webinar in the quickstart: invented people, the same ones every time.
//!
//! By the default scorecard 50 of them score high, 200 medium and 250 low: the numbers of the story "webinar to
//! sales". After a change here, `NEXA_WRITE=1 cargo test -p nexa-tests the_file_is` writes the file anew.

mod companies;
mod dice;
mod people;
#[cfg(test)]
mod tests;

use companies::Company;
use dice::Dice;

/// How many people registered.
pub const COUNT: usize = 500;

/// The header of the file.
const HEADER: &str = "First Name,Last Name,Email,Phone,Company,Job Title,Industry,Company Size,Country,Registered Early,\
    Attended,Questions Asked,Downloaded Brochure,Opened Mail,Demo Requested,Referred By Customer";

/// Titles with a say over IT, which the scorecard counts: director, chief, vp, head of, cto or cio.
const SENIOR_TITLES: &[&str] = &[
    "IT Director",
    "Director of Engineering",
    "Director of Infrastructure",
    "Director of Information Security",
    "Chief Technology Officer",
    "Chief Information Officer",
    "Chief Digital Officer",
    "CTO",
    "CIO",
    "VP Engineering",
    "VP of IT Operations",
    "Head of IT",
    "Head of Platform",
    "Head of Data",
];

/// Titles that the scorecard does not count.
const OTHER_TITLES: &[&str] = &[
    "IT Manager",
    "Software Engineer",
    "Systems Administrator",
    "Business Analyst",
    "Project Manager",
    "Procurement Specialist",
    "Data Analyst",
    "Security Engineer",
    "Product Manager",
    "Operations Manager",
    "Network Engineer",
    "Office Manager",
    "Support Lead",
    "QA Engineer",
    "Marketing Manager",
    "Team Lead",
    "DevOps Engineer",
    "Solution Architect",
    "Database Administrator",
    "Consultant",
];

/// How interested a group of registrants is: its range of points, and how likely in percent each signal is.
struct Band {
    count: usize,
    points: std::ops::Range<u32>,
    senior: u32,
    early: u32,
    attended: u32,
    asked: u32,
    downloaded: u32,
    opened: u32,
    demo: u32,
    referred: u32,
}

/// High, medium and low. A referral adds points only to leads of that source, and these come from the webinar; still
/// only people who score high anyway are referred, so that the bands hold for a scorecard that counts it.
const BANDS: [Band; 3] = [
    Band {
        count: 50,
        points: 75..u32::MAX,
        senior: 85,
        early: 80,
        attended: 95,
        asked: 90,
        downloaded: 80,
        opened: 90,
        demo: 35,
        referred: 12,
    },
    Band {
        count: 200,
        points: 50..75,
        senior: 40,
        early: 50,
        attended: 75,
        asked: 60,
        downloaded: 50,
        opened: 70,
        demo: 6,
        referred: 0,
    },
    Band {
        count: 250,
        points: 0..50,
        senior: 10,
        early: 30,
        attended: 45,
        asked: 35,
        downloaded: 25,
        opened: 50,
        demo: 1,
        referred: 0,
    },
];

/// What one person did around the webinar.
struct Signals {
    senior: bool,
    early: bool,
    attended: bool,
    questions: u32,
    downloaded: bool,
    opened: bool,
    demo: bool,
}

impl Signals {
    fn roll(dice: &mut Dice, band: &Band) -> Self {
        let attended = dice.chance(band.attended);
        Self {
            senior: dice.chance(band.senior),
            early: dice.chance(band.early),
            attended,
            questions: if attended && dice.chance(band.asked) { 1 + dice.below(4) } else { 0 },
            downloaded: dice.chance(band.downloaded),
            opened: dice.chance(band.opened),
            demo: dice.chance(band.demo),
        }
    }

    /// The points of the default scorecard, webinar as the source.
    fn points(&self, company: &Company) -> u32 {
        let counted = [
            (true, 15),
            (company.size == "enterprise", 10),
            (self.senior, 15),
            (self.early, 10),
            (self.opened, 5),
            (self.attended, 10),
            (self.questions >= 2, 10),
            (self.downloaded, 10),
            (self.demo, 30),
        ];
        counted.into_iter().filter(|(holds, _)| *holds).map(|(_, points)| points).sum()
    }
}

/// The file: a header and [`COUNT`] rows, comma-separated, in UTF-8 with line feeds.
pub fn render() -> String {
    let mut dice = Dice::new(20_251_115);
    let companies = companies::all(&mut dice);
    let mut bands: Vec<&Band> = BANDS.iter().flat_map(|band| std::iter::repeat_n(band, band.count)).collect();
    dice.shuffle(&mut bands);

    let mut file = format!("{HEADER}\n");
    for ((index, person), band) in people::all().take(COUNT).enumerate().zip(bands) {
        let Some(company) = companies::of(&companies, index, &mut dice) else { continue };
        let signals = loop {
            let signals = Signals::roll(&mut dice, band);
            if band.points.contains(&signals.points(company)) {
                break signals;
            }
        };
        let titles = if signals.senior { SENIOR_TITLES } else { OTHER_TITLES };
        let fields = [
            person.first.to_owned(),
            person.last.to_owned(),
            format!("{}@{}", person.mailbox(), company.domain),
            format!("+{} 555 01{:04}", company.calling_code, index * 17 % 10_000),
            company.name.clone(),
            dice.pick(titles).to_owned(),
            company.industry.to_owned(),
            company.size.to_owned(),
            company.country.to_owned(),
            yes(signals.early),
            yes(signals.attended),
            signals.questions.to_string(),
            yes(signals.downloaded),
            yes(signals.opened),
            yes(signals.demo),
            yes(dice.chance(band.referred)),
        ];
        file.push_str(&fields.map(quoted).join(","));
        file.push('\n');
    }
    file
}

fn yes(holds: bool) -> String {
    String::from(if holds { "Yes" } else { "No" })
}

fn quoted(field: String) -> String {
    if field.contains([',', '"']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
}
