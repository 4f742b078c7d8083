//! What a story keeps, and where it says `$word.path`.

use std::collections::HashMap;

use serde_json::Value as Json;

/// Answers by the word under which they were kept.
#[derive(Default)]
pub(super) struct Kept(HashMap<String, Json>);

impl Kept {
    pub(super) fn keep(&mut self, word: &str, answer: Json) {
        self.0.insert(word.to_owned(), answer);
    }

    /// The value with every `$word.path` in it replaced.
    pub(super) fn fill(&self, value: &Json) -> Result<Json, String> {
        Ok(match value {
            Json::String(text) => self.text(text)?,
            Json::Array(items) => Json::Array(items.iter().map(|item| self.fill(item)).collect::<Result<_, _>>()?),
            Json::Object(map) => Json::Object(
                map.iter()
                    .map(|(name, item)| {
                        // Paths of events hold no words, but their values do.
                        self.fill(item).map(|item| (name.clone(), item))
                    })
                    .collect::<Result<_, _>>()?,
            ),
            plain => plain.clone(),
        })
    }

    fn text(&self, text: &str) -> Result<Json, String> {
        if let Some(path) = text.strip_prefix('$')
            && path.starts_with(|c: char| c.is_ascii_lowercase())
            && path.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '_')
        {
            return self.path(path);
        }
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let Some((path, tail)) = after.split_once('}') else { break };
            out.push_str(before);
            match self.path(path)? {
                Json::String(inner) => out.push_str(&inner),
                other => out.push_str(&other.to_string()),
            }
            rest = tail;
        }
        out.push_str(rest);
        Ok(Json::String(out))
    }

    fn path(&self, path: &str) -> Result<Json, String> {
        let mut parts = path.split('.');
        let word = parts.next().unwrap_or_default();
        let mut value = self.0.get(word).ok_or_else(|| format!("nothing was kept under {word}"))?;
        for part in parts {
            let inner = match part.parse::<usize>() {
                Ok(index) => value.get(index),
                Err(_) => value.get(part),
            };
            value = inner.ok_or_else(|| format!("{word} has no {path}"))?;
        }
        Ok(value.clone())
    }
}
