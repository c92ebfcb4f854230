//! Chance from a seed: the same draws on every machine, in every build, for ever.

use std::time::Duration;

use protocol::Delay;
use rand::{Rng, SeedableRng, rngs::Xoshiro256PlusPlus};

use crate::Chance;

/// Whatever chance decides in a run, drawn from one seed.
///
/// The generator is named, so that its words never change; how a draw is made from the words is
/// written here and not left to a library, whose next version may do it otherwise. A test pins
/// the draws.
///
/// ```
/// use scenario::Dice;
///
/// let (mut one, mut other) = (Dice::new(7), Dice::new(7));
/// assert_eq!(one.below(1000), other.below(1000));
/// assert_eq!(one.happens("50%".parse()?), other.happens("50%".parse()?));
///
/// let delay = "1ms..9ms".parse()?;
/// let drawn = one.draw(&delay);
/// assert_eq!(drawn.as_nanos(), other.draw_nanoseconds(&delay).into());
/// assert!((1..=9).contains(&drawn.as_millis()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dice {
    words: Xoshiro256PlusPlus,
}

impl Dice {
    /// The dice of a seed.
    pub fn new(seed: u64) -> Self {
        Self { words: Xoshiro256PlusPlus::seed_from_u64(seed) }
    }

    /// A number below `limit`, each equally likely but for one part in 2⁶⁴ ∕ `limit`; 0 if
    /// `limit` is 0.
    #[inline]
    pub fn below(&mut self, limit: u64) -> u64 {
        let wide = u128::from(self.words.next_u64()) * u128::from(limit);
        (wide >> 64) as u64
    }

    /// Whether what is so likely happens. What never happens costs no draw.
    #[inline]
    pub fn happens(&mut self, chance: Chance) -> bool {
        if chance == Chance::NEVER {
            return false;
        }
        chance.words().is_none_or(|words| self.words.next_u64() < words)
    }

    /// How long something takes this time.
    #[inline]
    pub fn draw(&mut self, delay: &Delay) -> Duration {
        Duration::from_nanos(self.draw_nanoseconds(delay))
    }

    /// The same in nanoseconds, for those who count in them.
    #[inline]
    pub fn draw_nanoseconds(&mut self, delay: &Delay) -> u64 {
        match *delay {
            Delay::Constant(always) => nanoseconds(always),
            Delay::Uniform { min, max } => self.between(min, max),
            Delay::Exponential { min, rest } => nanoseconds(min) + self.exponential(rest),
            Delay::Spikes { min, max, spike, percent } => {
                let is_spike = self.below(100) < u64::from(percent);
                if is_spike { nanoseconds(spike) } else { self.between(min, max) }
            }
        }
    }

    #[inline]
    fn between(&mut self, min: Duration, max: Duration) -> u64 {
        let (min, max) = (nanoseconds(min), nanoseconds(max));
        min + self.below(max - min + 1)
    }

    fn exponential(&mut self, mean: Duration) -> u64 {
        let numerator = (self.words.next_u64() >> 11) + 1;
        let uniform = numerator as f64 / (1u64 << 53) as f64; // In (0, 1], exactly.
        (nanoseconds(mean) as f64 * -ln(uniform)) as u64
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    duration.as_secs() * 1_000_000_000 + u64::from(duration.subsec_nanos())
}

/// The natural logarithm of a number in (0, 1], by the four operations that IEEE 754 rounds the
/// same way everywhere; the last digit of `f64::ln` depends on the platform.
fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    let mut exponent = (bits >> 52) as i32 - 1023;
    let mut mantissa = f64::from_bits(bits & ((1 << 52) - 1) | 1023 << 52); // In [1, 2).
    if mantissa > std::f64::consts::SQRT_2 {
        mantissa /= 2.0;
        exponent += 1;
    }
    // ln m = 2 artanh s = 2 (s + s³/3 + s⁵/5 + …), and |s| < 0.172.
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let series = (0..12).rev().fold(0.0, |sum, k| sum * (s * s) + 1.0 / f64::from(2 * k + 1));
    2.0 * s * series + f64::from(exponent) * std::f64::consts::LN_2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_pinned() {
        let mut dice = Dice::new(7);
        let numbers: Vec<u64> = (0..4).map(|_| dice.below(1000)).collect();
        let delays = ["1ms..9ms", "1ms+exp(4ms)", "1ms..9ms~80ms@50%"]
            .map(|text| dice.draw(&text.parse().unwrap()).as_nanos());
        assert_eq!((numbers, delays), (vec![55, 172, 717, 427], [8_709_277, 4_056_822, 3_638_715]));
    }

    #[test]
    fn the_logarithm_is_that_of_the_library_but_for_its_last_digits() {
        for x in [1.0, 0.999, 0.75, 0.5, 0.1, 1e-9, 2f64.powi(-53)] {
            assert!((ln(x) - x.ln()).abs() <= 4e-15 * x.ln().abs(), "ln {x}: {} {}", ln(x), x.ln());
        }
    }

    #[test]
    fn draws_have_the_mean_of_their_distribution() {
        for text in ["1ms..9ms", "1ms+exp(4ms)", "1ms..9ms~45ms@10%"] {
            let (delay, mut dice): (Delay, _) = (text.parse().unwrap(), Dice::new(1));
            let total: Duration = (0..100_000).map(|_| dice.draw(&delay)).sum();
            let ratio = total.as_secs_f64() / 100_000.0 / delay.mean().as_secs_f64();
            assert!((0.98..1.02).contains(&ratio), "{text}: {ratio}");
        }
    }

    #[test]
    fn what_is_certain_happens_and_what_is_impossible_does_not() {
        let mut dice = Dice::new(3);
        let likely = |text: &str, dice: &mut Dice| {
            (0..10_000).filter(|_| dice.happens(text.parse().unwrap())).count()
        };
        assert_eq!(likely("0", &mut dice), 0);
        assert_eq!(likely("100%", &mut dice), 10_000);
        assert!((1_900..2_100).contains(&likely("0.2", &mut dice)));
    }
}
