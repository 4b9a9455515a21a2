//! Which instructions the processor has, asked once.
//!
//! The wheel runs on any x86-64 (and on other processors). The few loops that fill most of the time are
//! compiled a second time for x86-64-v3 and chosen here at run time. They are plain Rust that the compiler
//! vectorises: measured, hand-written AVX-512 gains at most 8 % on them.

/// The processor has AVX2 and its companions (x86-64-v3).
#[cfg(target_arch = "x86_64")]
#[inline]
#[must_use]
pub fn has_v3() -> bool {
    std::arch::is_x86_feature_detected!("avx2")
        && std::arch::is_x86_feature_detected!("bmi1")
        && std::arch::is_x86_feature_detected!("bmi2")
        && std::arch::is_x86_feature_detected!("lzcnt")
}

/// Compiles a body twice, and picks by processor: `dispatched!(fn name(args) -> Return = body)`, where `body`
/// is an `#[inline(always)]` function of the same arguments.
macro_rules! dispatched {
    ($(#[$note:meta])* $vis:vis fn $name:ident($($arg:ident: $kind:ty),* $(,)?) -> $ret:ty = $body:path) => {
        $(#[$note])*
        #[inline]
        #[must_use]
        $vis fn $name($($arg: $kind),*) -> $ret {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
                fn with_v3($($arg: $kind),*) -> $ret {
                    $body($($arg),*)
                }
                if $crate::simd::has_v3() {
                    // SAFETY: the processor has just been asked for these features.
                    return unsafe { with_v3($($arg),*) };
                }
            }
            $body($($arg),*)
        }
    };
}
pub(crate) use dispatched;
