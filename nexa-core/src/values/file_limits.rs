//! What files a tenant takes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::FileName;
use crate::kernel::normal::fold;

/// The largest file unless said: 25 MiB.
const LARGEST: u64 = 25 * 1024 * 1024;

/// How many files a record has unless said.
const MOST: u32 = 50;

/// How many extensions and types a tenant may block.
const MOST_BLOCKED: usize = 500;

/// What files a tenant takes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FileLimits {
    /// The largest file, in bytes; 25 MiB unless said.
    #[schemars(range(min = 1))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub largest: Option<u64>,
    /// How many files a record has; 50 unless said.
    #[schemars(range(min = 1))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most: Option<u32>,
    /// How many bytes all files have together, the same bytes counted once; any number unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota: Option<u64>,
    /// Extensions such as `exe`, and types such as `image/svg+xml`, that are not taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocked: Vec<String>,
}

impl FileLimits {
    /// The largest file, in bytes.
    pub fn largest(&self) -> u64 {
        self.largest.unwrap_or(LARGEST)
    }
    /// How many files a record has.
    pub fn most(&self) -> usize {
        usize::try_from(self.most.unwrap_or(MOST)).unwrap_or(usize::MAX)
    }
    /// The extension of the name when it is blocked.
    pub fn blocks_name(&self, name: &FileName) -> Option<String> {
        Some(name.extension()).filter(|extension| self.blocked.contains(extension))
    }
    /// Whether a type is blocked.
    pub fn blocks_type(&self, found: &str) -> bool {
        self.blocked.iter().any(|blocked| blocked == found)
    }
    /// Brings what is blocked into one form, or says what to do about it.
    pub(crate) fn settle(&mut self) -> Result<(), &'static str> {
        if self.largest == Some(0) || self.most == Some(0) {
            return Err("give a limit above zero");
        }
        let large = |limit: Option<u64>| limit.is_some_and(|limit| i64::try_from(limit).is_err());
        if large(self.largest) || large(self.quota) {
            return Err("give a smaller number of bytes");
        }
        for blocked in &mut self.blocked {
            *blocked = fold(blocked.trim().trim_start_matches('.'));
            if blocked.is_empty() || blocked.len() > 100 {
                return Err(
                    "name an extension such as exe, or a type such as image/svg+xml, in at most 100 characters",
                );
            }
        }
        self.blocked.sort_unstable();
        self.blocked.dedup();
        if self.blocked.len() > MOST_BLOCKED { Err("block at most 500 extensions and types") } else { Ok(()) }
    }
}
