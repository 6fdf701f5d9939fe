//! A mailbox that begins anew: the whole, and the summary that takes the place of what was before.
//!
//! The contents are no part of the summary: they are letters after it, in which each parcel is
//! signed and numbered as ever. A summary holds the membership log, sealed as letters are.

use super::*;
use crate::limits::{MAILBOX_BYTES, WHOLE_BYTES_MAX};
use selvage_relay::limits::{LETTER_COST_BYTES, PAYLOAD_BYTES_MAX};

/// Letters with their lengths.
pub(crate) fn summary_of(letters: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::new();
    for letter in letters {
        out.extend((letter.len() as u32).to_le_bytes());
        out.extend(letter);
    }
    out
}

/// What a letter takes of a room.
pub(super) fn cost(letter: &[u8]) -> u64 {
    letter.len() as u64 + LETTER_COST_BYTES
}

impl Mailbox {
    /// Whether it holds much more than a whole would.
    pub fn is_heavy(&self) -> bool {
        self.bytes > MAILBOX_BYTES.max(2 * self.whole)
    }

    /// What was before a whole is gone.
    pub fn tidied(&mut self, whole: u64) {
        self.whole = whole.min(WHOLE_BYTES_MAX);
        self.bytes = self.whole;
        self.is_new = false;
    }
}

impl Desk {
    /// Nothing that came waits, so this device has all that the mailbox has up to its place. A letter
    /// whose key did not come before it is none of those: keys come first.
    pub fn is_settled(&self) -> bool {
        self.inbox.is_empty()
            && self.piles.is_empty()
            && self.waiting.is_empty()
            && self.coming.is_empty()
    }

    /// Says how far each signer is, before all that this device has. Gives whether it could.
    pub fn post_whole(&mut self, entropy: &mut Entropy<'_>) -> Result<bool> {
        let Some(envelope) = self.seat.sign_whole()? else {
            return Ok(false);
        };
        self.dirty = true;
        self.post_envelope(&envelope, entropy)?;
        self.cursor.clear();
        Ok(true)
    }

    /// Tells the others that what was before the whole is gone.
    pub fn post_tidied(&mut self, entropy: &mut Entropy<'_>) -> Result<()> {
        let plain = letter::tidied(self.mailbox.whole);
        self.post(Purpose::Stored, &plain, entropy)
    }

    /// The relay did not take a letter, for want of room.
    pub fn not_taken(&mut self, id: LetterId) {
        let letter = self.outbox.iter_mut().find(|letter| letter.id == id.0);
        letter.into_iter().for_each(|it| it.is_refused = true);
    }

    /// The room has a place again for what it did not take.
    pub fn hand_again(&mut self) {
        for letter in self.outbox.iter_mut().filter(|letter| letter.is_refused) {
            (letter.is_refused, letter.handed) = (false, false);
        }
    }

    /// The membership log, sealed.
    pub fn summary(&self, entropy: &mut Entropy<'_>) -> Result<Vec<u8>> {
        Ok(summary_of(&self.log_letters(entropy)?))
    }

    pub fn summary_began(&mut self, covers: u64) {
        self.number = covers;
        self.coming.clear();
        self.mailbox.bytes = 0;
    }

    pub fn summary_part(&mut self, bytes: &[u8], entropy: &mut Entropy<'_>) {
        self.coming.extend(bytes);
        while let Some((head, rest)) = self.coming.split_first_chunk() {
            let len = u32::from_le_bytes(*head) as usize;
            if len > PAYLOAD_BYTES_MAX {
                self.coming.clear();
                return self.altered();
            }
            let Some(letter) = rest.get(..len).map(<[u8]>::to_vec) else {
                return;
            };
            self.coming.drain(..head.len() + len);
            self.received(&letter, entropy);
        }
    }

    pub fn summary_ended(&mut self) {
        if !self.coming.is_empty() {
            self.coming.clear();
            self.altered();
        }
    }
}
