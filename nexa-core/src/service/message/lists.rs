//! The closed lists of a message.

use crate::closed_enum;

closed_enum! {
    /// Which way a message went.
    pub enum Direction {
        /// From the customer to us.
        In = "in",
        /// From us to the customer.
        Out = "out",
        /// Among the team.
        Note = "note",
    }
}

closed_enum! {
    /// What sort of mail no person wrote.
    pub enum MessageAuto {
        /// A person wrote it.
        None = "none",
        /// A machine answered.
        AutoReply = "auto_reply",
        /// Somebody is away.
        OutOfOffice = "out_of_office",
        /// It went to many.
        List = "list",
        /// A server says that a mail was not delivered.
        Bounce = "bounce",
        /// A mail program says that a mail was read.
        Receipt = "receipt",
    }
}

closed_enum! {
    /// How sure it is that its sender wrote a message.
    pub enum MessageTrust {
        /// Nobody has checked it.
        Unknown = "unknown",
        /// It answers to an address that only we can have made.
        Signed = "signed",
        /// The host's mail server says that its domain sent it.
        Known = "known",
        /// The host's mail server says that its domain did not send it.
        Failed = "failed",
    }
}

closed_enum! {
    /// Why a message stands in its thread.
    pub enum PlacedBy {
        /// It was written there.
        Written = "written",
        /// It answered to the thread's signed address.
        SignedAddress = "signed_address",
        /// It names a mail of the thread, and its sender is in that.
        References = "references",
        /// It begins the thread.
        New = "new",
        /// It follows up a ticket that was closed.
        FollowUp = "follow_up",
        /// Somebody of the team put it there.
        Hand = "hand",
    }
}

closed_enum! {
    /// What else there is to know of a message.
    pub enum MessageMark {
        /// Its `Message-ID` is that of another one.
        IdReused = "id_reused",
        /// Its sender was not in the thread before.
        NewPerson = "new_person",
        /// It names mails of several threads; it stands in the newest.
        ThreadConflict = "thread_conflict",
        /// Its subject is another than that of the thread.
        SubjectChanged = "subject_changed",
        /// Nothing said in which character set it is, or what said so was wrong.
        CharsetGuessed = "charset_guessed",
        /// It was too long; the whole of it is in its source.
        BodyCut = "body_cut",
        /// It has pictures that would be loaded from elsewhere.
        HasRemote = "has_remote",
        /// It is encrypted; what it says is not known.
        Encrypted = "encrypted",
        /// It carries a signature, which nobody has checked.
        HasSignature = "has_signature",
        /// It carries an invitation to a meeting.
        Invite = "invite",
        /// One of the team sent it by another program.
        SentOutside = "sent_outside",
        /// One of the team wrote it.
        FromUser = "from_user",
        /// Files of it were not taken; they are in its source.
        FilesNotTaken = "files_not_taken",
    }
}
