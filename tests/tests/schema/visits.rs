//! A record of a host, as its versions have it one after another.

/// As it was at first.
pub(crate) mod first {
    use nexa_core::{Body, Entity, Id, Record, Timestamp};

    /// A visit.
    #[derive(Record, Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
    #[record(kind = "visit", table = "visits", access = work)]
    pub(crate) struct Visit {
        pub(crate) id: Id<Visit>,
        pub(crate) version: i64,
        pub(crate) created_at: Timestamp,
        pub(crate) updated_at: Timestamp,
        /// What the visit is for.
        #[record(editable)]
        pub(crate) purpose: Body,
    }

    impl Entity for Visit {}
}

/// With fields that may be empty.
pub(crate) mod grown {
    use nexa_core::{Body, Entity, Id, Record, Timestamp};

    /// A visit.
    #[derive(Record, Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
    #[record(kind = "visit", table = "visits", access = work)]
    pub(crate) struct Visit {
        pub(crate) id: Id<Visit>,
        pub(crate) version: i64,
        pub(crate) created_at: Timestamp,
        pub(crate) updated_at: Timestamp,
        /// What the visit is for.
        #[record(editable)]
        pub(crate) purpose: Body,
        /// What came of it.
        #[record(editable)]
        pub(crate) outcome: Option<Body>,
        /// When it was.
        #[record(editable)]
        pub(crate) held_at: Option<Timestamp>,
    }

    impl Entity for Visit {}
}

/// With a field that may not be empty.
pub(crate) mod demanding {
    use nexa_core::{Body, Entity, Id, Record, Timestamp};

    /// A visit.
    #[derive(Record, Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
    #[record(kind = "visit", table = "visits", access = work)]
    pub(crate) struct Visit {
        pub(crate) id: Id<Visit>,
        pub(crate) version: i64,
        pub(crate) created_at: Timestamp,
        pub(crate) updated_at: Timestamp,
        /// What the visit is for.
        #[record(editable)]
        pub(crate) purpose: Body,
        /// How long the visit takes.
        pub(crate) minutes: i64,
    }

    impl Entity for Visit {}
}

/// With a field of another type.
pub(crate) mod retyped {
    use nexa_core::{Entity, Id, Record, Timestamp};

    /// A visit.
    #[derive(Record, Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
    #[record(kind = "visit", table = "visits", access = work)]
    pub(crate) struct Visit {
        pub(crate) id: Id<Visit>,
        pub(crate) version: i64,
        pub(crate) created_at: Timestamp,
        pub(crate) updated_at: Timestamp,
        /// What the visit is for.
        #[record(editable)]
        pub(crate) purpose: Option<i64>,
    }

    impl Entity for Visit {}
}

/// Without a field that may not be empty.
pub(crate) mod forgetful {
    use nexa_core::{Body, Entity, Id, Record, Timestamp};

    /// A visit.
    #[derive(Record, Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
    #[record(kind = "visit", table = "visits", access = work)]
    pub(crate) struct Visit {
        pub(crate) id: Id<Visit>,
        pub(crate) version: i64,
        pub(crate) created_at: Timestamp,
        pub(crate) updated_at: Timestamp,
        /// What came of it.
        #[record(editable)]
        pub(crate) outcome: Option<Body>,
    }

    impl Entity for Visit {}
}

/// With a field that may be empty now.
pub(crate) mod loosened {
    use nexa_core::{Body, Entity, Id, Record, Timestamp};

    /// A visit.
    #[derive(Record, Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
    #[record(kind = "visit", table = "visits", access = work)]
    pub(crate) struct Visit {
        pub(crate) id: Id<Visit>,
        pub(crate) version: i64,
        pub(crate) created_at: Timestamp,
        pub(crate) updated_at: Timestamp,
        /// What the visit is for.
        #[record(editable)]
        pub(crate) purpose: Option<Body>,
    }

    impl Entity for Visit {}
}
