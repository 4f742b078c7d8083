//! A kind, as its versions have it.

/// As it was released.
pub(super) mod first {
    use nexa_crm::{Entity, Id, Record, Subject, Timestamp};

    /// A trip.
    #[derive(Record, Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
    #[record(kind = "trip", table = "trips", access = work)]
    pub(crate) struct Trip {
        id: Id<Trip>,
        version: i64,
        created_at: Timestamp,
        updated_at: Timestamp,
        title: Subject,
    }

    impl Entity for Trip {}
}

/// With two fields more.
pub(super) mod second {
    use nexa_crm::{Entity, Id, Record, Subject, Timestamp};

    /// A trip.
    #[derive(Record, Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
    #[record(kind = "trip", table = "trips", access = work)]
    pub(crate) struct Trip {
        id: Id<Trip>,
        version: i64,
        created_at: Timestamp,
        updated_at: Timestamp,
        title: Subject,
        note: Option<Subject>,
        #[record(backfill = 1)]
        seats: i64,
    }

    impl Entity for Trip {}
}

/// With another.
pub(super) mod third {
    use nexa_crm::{Entity, Id, Record, Subject, Timestamp};

    /// A trip.
    #[derive(Record, Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
    #[record(kind = "trip", table = "trips", access = work)]
    pub(crate) struct Trip {
        id: Id<Trip>,
        version: i64,
        created_at: Timestamp,
        updated_at: Timestamp,
        title: Subject,
        note: Option<Subject>,
        #[record(backfill = 1)]
        seats: i64,
        lead: Option<Subject>,
    }

    impl Entity for Trip {}
}

/// Without a field.
pub(super) mod forgetful {
    use nexa_crm::{Entity, Id, Record, Subject, Timestamp};

    /// A trip.
    #[derive(Record, Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
    #[record(kind = "trip", table = "trips", access = work)]
    pub(crate) struct Trip {
        id: Id<Trip>,
        version: i64,
        created_at: Timestamp,
        updated_at: Timestamp,
        note: Option<Subject>,
    }

    impl Entity for Trip {}
}

/// In another table.
pub(super) mod renamed {
    use nexa_crm::{Entity, Id, Record, Subject, Timestamp};

    /// A trip.
    #[derive(Record, Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
    #[record(kind = "trip", table = "journeys", access = work)]
    pub(crate) struct Trip {
        id: Id<Trip>,
        version: i64,
        created_at: Timestamp,
        updated_at: Timestamp,
        title: Subject,
    }

    impl Entity for Trip {}
}

/// With a field of another type.
pub(super) mod retyped {
    use nexa_crm::{Entity, Id, Record, Timestamp};

    /// A trip.
    #[derive(Record, Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
    #[record(kind = "trip", table = "trips", access = work)]
    pub(crate) struct Trip {
        id: Id<Trip>,
        version: i64,
        created_at: Timestamp,
        updated_at: Timestamp,
        title: i64,
    }

    impl Entity for Trip {}
}

/// With a field that older records lack.
pub(super) mod demanding {
    use nexa_crm::{Entity, Id, Record, Subject, Timestamp};

    /// A trip.
    #[derive(Record, Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
    #[record(kind = "trip", table = "trips", access = work)]
    pub(crate) struct Trip {
        id: Id<Trip>,
        version: i64,
        created_at: Timestamp,
        updated_at: Timestamp,
        title: Subject,
        seats: i64,
    }

    impl Entity for Trip {}
}

/// With a field that may be empty now.
pub(super) mod loosened {
    use nexa_crm::{Entity, Id, Record, Subject, Timestamp};

    /// A trip.
    #[derive(Record, Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
    #[record(kind = "trip", table = "trips", access = work)]
    pub(crate) struct Trip {
        id: Id<Trip>,
        version: i64,
        created_at: Timestamp,
        updated_at: Timestamp,
        title: Option<Subject>,
    }

    impl Entity for Trip {}
}
