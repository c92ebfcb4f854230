//! A shared secret, and proofs of knowing it.
//!
//! Whoever knows the secret belongs to us. But who sends it in order to show that he knows it
//! has given it away; so both sides hash a statement that was never made before, with the secret
//! as the key, and show the hash. That is a *challenge–response* proof, here with keyed BLAKE3.
//!
//! **It does not** slow down guessing: who overhears one proof can try word after word at home.
//! Take a long random secret, not a word (`openssl rand -hex 16`).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A secret that all who belong together share.
///
/// ```
/// use wire::secret::Secret;
///
/// let ours: Secret = "correct horse".parse()?;
/// let proof = ours.prove(b"today is Friday");
/// assert!(ours.confirms(b"today is Friday", &proof));
/// assert!(!ours.confirms(b"today is Monday", &proof));
/// assert_eq!(format!("{ours:?}"), "Secret(..)");
/// # Ok::<(), wire::secret::EmptySecret>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    /// Derived from the text, which is not kept. Compared in constant time, as hashes are.
    key: blake3::Hash,
}

impl Secret {
    /// What a system without a secret uses as one. Everybody has it: it proves nothing.
    pub(crate) const KNOWN_TO_ALL: Self = Self { key: blake3::Hash::from_bytes([0; 32]) };

    /// Shows that we know the secret to whoever knows it too, and tells nobody else.
    pub fn prove(&self, statement: &[u8]) -> Proof {
        Proof(*blake3::keyed_hash(self.key.as_bytes(), statement).as_bytes())
    }

    /// Whether whoever made this proof, for this statement, knows the secret. Takes the same
    /// time for every wrong proof.
    pub fn confirms(&self, statement: &[u8], proof: &Proof) -> bool {
        blake3::keyed_hash(self.key.as_bytes(), statement) == proof.0
    }
}

impl FromStr for Secret {
    type Err = EmptySecret;

    fn from_str(text: &str) -> Result<Self, EmptySecret> {
        if text.is_empty() {
            return Err(EmptySecret);
        }
        // BLAKE3 asks for a context that no other program uses.
        let key = blake3::derive_key("Signalbox 2026-11-20 shared secret", text.as_bytes());
        Ok(Self { key: blake3::Hash::from_bytes(key) })
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// That somebody knew the secret when a certain statement was made.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Proof([u8; 32]);

/// The secret is the empty text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the secret is empty: give at least a word, or no --secret and no SIGNALBOX_SECRET")]
pub struct EmptySecret;
