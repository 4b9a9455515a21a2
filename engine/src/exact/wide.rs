//! The one product of more than 128 bits.

/// A 256-bit product as (high, low) halves.
#[must_use]
pub fn product(a: u128, b: u128) -> (u128, u128) {
    const LOW: u128 = u64::MAX as u128;
    let (a1, a0) = (a >> 64, a & LOW);
    let (b1, b0) = (b >> 64, b & LOW);
    let low = a0 * b0;
    let middle = a1 * b0 + (low >> 64); // at most (2^64-1)^2 + 2^64-1: fits
    let (carry, middle) = (middle >> 64, middle & LOW);
    let middle = a0 * b1 + middle;
    let high = a1 * b1 + carry + (middle >> 64);
    (high, (middle << 64) | (low & LOW))
}

#[cfg(test)]
mod tests {
    use super::product;

    #[test]
    fn a_product_is_exact_at_its_ends() {
        assert_eq!((0, 42), product(6, 7));
        assert_eq!((u128::MAX - 1, 1), product(u128::MAX, u128::MAX));
        assert_eq!((1 << 64, 0), product(1 << 96, 1 << 96));
        assert_eq!((1, u128::MAX - 1), product(u128::MAX, 2));
    }
}
