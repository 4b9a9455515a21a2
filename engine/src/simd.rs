//! Which instructions the processor has, asked once.
//!
//! The wheel runs on any x86-64 (and on other processors). The few loops that fill most of the time are
//! compiled a second time for x86-64-v3 and chosen here at run time. They are plain Rust that the compiler
//! vectorises: measured, hand-written AVX-512 gains at most 8 % on them.

#[cfg(target_arch = "x86_64")]
use std::sync::atomic::{AtomicU8, Ordering};

/// 0 not asked yet, 1 without, 2 with.
#[cfg(target_arch = "x86_64")]
static V3: AtomicU8 = AtomicU8::new(0);

/// The processor has AVX2 and its companions (x86-64-v3).
#[cfg(target_arch = "x86_64")]
#[inline(always)]
#[must_use]
pub fn has_v3() -> bool {
    match V3.load(Ordering::Relaxed) {
        0 => ask(),
        known => known == 2,
    }
}

#[cfg(target_arch = "x86_64")]
#[cold]
fn ask() -> bool {
    let found = std::arch::is_x86_feature_detected!("avx2")
        && std::arch::is_x86_feature_detected!("bmi1")
        && std::arch::is_x86_feature_detected!("bmi2")
        && std::arch::is_x86_feature_detected!("popcnt")
        && std::arch::is_x86_feature_detected!("lzcnt");
    V3.store(if found { 2 } else { 1 }, Ordering::Relaxed);
    found
}

/// Asks for the cache line of a value before it is needed.
#[inline(always)]
pub fn prefetch<T>(value: &T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let start = std::ptr::from_ref(value).cast::<i8>();
        for line in 0..size_of::<T>().div_ceil(64) {
            // SAFETY: a prefetch reads nothing and cannot fault; the address lies in the value. SSE is part of
            // x86-64.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(start.add(line * 64)) };
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = value;
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
