//! Who registered: names that people have, from 20 countries.

/// Names that are given in one country.
pub(super) struct Culture {
    pub(super) country: &'static str,
    pub(super) calling_code: u16,
    firsts: [&'static str; 7],
    lasts: [&'static str; 11],
}

/// An invented person.
pub(super) struct Person {
    pub(super) first: &'static str,
    pub(super) last: &'static str,
}

impl Person {
    /// The name as it stands before the `@`: `zoe.oconnor`.
    pub(super) fn mailbox(&self) -> String {
        let letters = |name: &str| name.chars().flat_map(char::to_lowercase).filter_map(plain).collect::<String>();
        format!("{}.{}", letters(self.first), letters(self.last))
    }
}

/// The letter without its marks; nothing for what is no letter.
fn plain(letter: char) -> Option<char> {
    Some(match letter {
        'a'..='z' => letter,
        'á' | 'ã' | 'ä' | 'å' | 'ą' | 'ạ' | 'ả' | 'ấ' | 'ầ' | 'ặ' => 'a',
        'ç' | 'ć' => 'c',
        'đ' => 'd',
        'é' | 'è' | 'ễ' => 'e',
        'ğ' => 'g',
        'í' | 'ı' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' => 'n',
        'ó' | 'ö' | 'ơ' | 'ọ' | 'ồ' | 'ỗ' => 'o',
        'ś' | 'ş' => 's',
        'ú' | 'ù' | 'ü' | 'ũ' | 'ư' | 'ứ' => 'u',
        'ý' => 'y',
        'ż' => 'z',
        _ => return None,
    })
}

/// Everybody: one person of each country after the other, until all names are used up.
pub(super) fn all() -> impl Iterator<Item = Person> {
    // Seven and eleven have no common factor: no pair comes twice in 77 rounds.
    (0..77).flat_map(|round: usize| {
        CULTURES.iter().filter_map(move |culture| {
            Some(Person { first: culture.firsts.get(round % 7)?, last: culture.lasts.get(round % 11)? })
        })
    })
}

pub(super) const CULTURES: &[Culture] = &[
    Culture {
        country: "United States",
        calling_code: 1,
        firsts: ["Emily", "Marcus", "Ashley", "Tyler", "Jasmine", "Brandon", "Megan"],
        lasts: [
            "Johnson", "Whitaker", "Carter", "Delgado", "Freeman", "Sullivan", "Hayes", "Bennett", "Brooks", "Coleman",
            "Ramsey",
        ],
    },
    Culture {
        country: "Ireland",
        calling_code: 353,
        firsts: ["Niamh", "Ciarán", "Aoife", "Declan", "Orla", "Padraig", "Sinéad"],
        lasts: [
            "O'Connor",
            "Murphy",
            "Byrne",
            "Gallagher",
            "Kavanagh",
            "Fitzgerald",
            "Doyle",
            "Brennan",
            "Nolan",
            "Keane",
            "McCarthy",
        ],
    },
    Culture {
        country: "Germany",
        calling_code: 49,
        firsts: ["Jürgen", "Annika", "Lukas", "Katharina", "Tobias", "Friederike", "Matthias"],
        lasts: [
            "Schneider",
            "Weber",
            "Köhler",
            "Hoffmann",
            "Krüger",
            "Lehmann",
            "Vogel",
            "Brandt",
            "Schäfer",
            "Zimmermann",
            "Neumann",
        ],
    },
    Culture {
        country: "France",
        calling_code: 33,
        firsts: ["Chloé", "Mathieu", "Amélie", "Guillaume", "Margaux", "Étienne", "Solène"],
        lasts: [
            "Dubois",
            "Lefèvre",
            "Moreau",
            "Girard",
            "Rousseau",
            "Fontaine",
            "Chevalier",
            "Marchand",
            "Renaud",
            "Besson",
            "Caron",
        ],
    },
    Culture {
        country: "Spain",
        calling_code: 34,
        firsts: ["Lucía", "Javier", "Marta", "Álvaro", "Inés", "Sergio", "Pilar"],
        lasts: [
            "García", "Navarro", "Iglesias", "Muñoz", "Castillo", "Romero", "Ortega", "Serrano", "Vidal", "Cabrera",
            "Fuentes",
        ],
    },
    Culture {
        country: "Italy",
        calling_code: 39,
        firsts: ["Giulia", "Matteo", "Chiara", "Lorenzo", "Francesca", "Davide", "Elisa"],
        lasts: [
            "Rossi", "Bianchi", "Esposito", "Romano", "Ricci", "Conti", "Gallo", "Mancini", "Lombardi", "Barbieri",
            "Fontana",
        ],
    },
    Culture {
        country: "Brazil",
        calling_code: 55,
        firsts: ["João", "Beatriz", "Thiago", "Larissa", "Rafael", "Camila", "Gustavo"],
        lasts: [
            "Silva",
            "Oliveira",
            "Almeida",
            "Nascimento",
            "Carvalho",
            "Barbosa",
            "Cardoso",
            "Teixeira",
            "Moura",
            "Araújo",
            "Pinheiro",
        ],
    },
    Culture {
        country: "Poland",
        calling_code: 48,
        firsts: ["Agnieszka", "Łukasz", "Małgorzata", "Tomasz", "Zofia", "Paweł", "Katarzyna"],
        lasts: [
            "Kowalczyk",
            "Nowak",
            "Wiśniewska",
            "Wójcik",
            "Mazur",
            "Krawczyk",
            "Zając",
            "Pawlak",
            "Dudek",
            "Sikora",
            "Baran",
        ],
    },
    Culture {
        country: "Sweden",
        calling_code: 46,
        firsts: ["Astrid", "Björn", "Linnea", "Fredrik", "Elin", "Gustaf", "Sofia"],
        lasts: [
            "Lindqvist",
            "Andersson",
            "Bergström",
            "Nyström",
            "Holm",
            "Sjöberg",
            "Ekström",
            "Lundgren",
            "Åkesson",
            "Dahlberg",
            "Norén",
        ],
    },
    Culture {
        country: "Netherlands",
        calling_code: 31,
        firsts: ["Sanne", "Daan", "Femke", "Joris", "Lotte", "Sander", "Maaike"],
        lasts: [
            "de Vries",
            "van Dijk",
            "Bakker",
            "Visser",
            "Smit",
            "Mulder",
            "van den Berg",
            "Hendriks",
            "Dekker",
            "Kuipers",
            "Postma",
        ],
    },
    Culture {
        country: "Greece",
        calling_code: 30,
        firsts: ["Eleni", "Nikos", "Katerina", "Dimitris", "Ioanna", "Stavros", "Despina"],
        lasts: [
            "Papadopoulos",
            "Georgiou",
            "Nikolaidis",
            "Economou",
            "Karagiannis",
            "Vlachos",
            "Makris",
            "Samaras",
            "Antoniou",
            "Kontos",
            "Raptis",
        ],
    },
    Culture {
        country: "Turkey",
        calling_code: 90,
        firsts: ["Elif", "Mehmet", "Ayşe", "Emre", "Zeynep", "Burak", "Defne"],
        lasts: ["Yılmaz", "Demir", "Çelik", "Kaya", "Öztürk", "Aydın", "Arslan", "Doğan", "Koç", "Polat", "Erdem"],
    },
    Culture {
        country: "Egypt",
        calling_code: 20,
        firsts: ["Yasmine", "Omar", "Nour", "Karim", "Mariam", "Tarek", "Salma"],
        lasts: [
            "Hassan", "El-Sayed", "Mansour", "Farouk", "Abdallah", "Naguib", "Shafik", "Rashad", "Fahmy", "Zaki",
            "Soliman",
        ],
    },
    Culture {
        country: "Nigeria",
        calling_code: 234,
        firsts: ["Chidinma", "Emeka", "Folake", "Tunde", "Ngozi", "Babajide", "Ifeoma"],
        lasts: [
            "Okafor", "Adeyemi", "Balogun", "Eze", "Ogunleye", "Nwosu", "Adebayo", "Obi", "Lawal", "Chukwu", "Bello",
        ],
    },
    Culture {
        country: "Kenya",
        calling_code: 254,
        firsts: ["Wanjiru", "Kevin", "Achieng", "Brian", "Mumbi", "Kiprono", "Faith"],
        lasts: [
            "Kamau", "Odhiambo", "Mwangi", "Wafula", "Njoroge", "Otieno", "Kiplagat", "Mutua", "Kariuki", "Omondi",
            "Chebet",
        ],
    },
    Culture {
        country: "India",
        calling_code: 91,
        firsts: ["Priya", "Arjun", "Ananya", "Vikram", "Deepika", "Rohan", "Kavya"],
        lasts: [
            "Sharma",
            "Patel",
            "Iyer",
            "Reddy",
            "Banerjee",
            "Nair",
            "Gupta",
            "Desai",
            "Kulkarni",
            "Menon",
            "Chatterjee",
        ],
    },
    Culture {
        country: "China",
        calling_code: 86,
        firsts: ["Xiaoming", "Mei", "Haoran", "Yuxin", "Jianhua", "Lihua", "Ruoxi"],
        lasts: ["Wang", "Zhang", "Liu", "Chen", "Huang", "Zhao", "Zhou", "Xu", "Sun", "Guo", "Deng"],
    },
    Culture {
        country: "Japan",
        calling_code: 81,
        firsts: ["Haruka", "Kenji", "Sakura", "Takeshi", "Yui", "Daichi", "Naomi"],
        lasts: [
            "Tanaka",
            "Suzuki",
            "Watanabe",
            "Yamamoto",
            "Nakamura",
            "Kobayashi",
            "Sasaki",
            "Matsumoto",
            "Inoue",
            "Fujita",
            "Okada",
        ],
    },
    Culture {
        country: "South Korea",
        calling_code: 82,
        firsts: ["Min-jun", "Seo-yeon", "Ji-hoon", "Ha-eun", "Dong-hyun", "Soo-jin", "Yoo-na"],
        lasts: ["Kim", "Park", "Choi", "Jung", "Kang", "Yoon", "Jang", "Lim", "Shin", "Kwon", "Hwang"],
    },
    Culture {
        country: "Vietnam",
        calling_code: 84,
        firsts: ["Linh", "Tuấn", "Hương", "Quang", "Thảo", "Đức", "Ngọc"],
        lasts: ["Nguyễn", "Trần", "Phạm", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Dương", "Lý", "Phan"],
    },
];
