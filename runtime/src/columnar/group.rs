//! Tuples as the fields of a record.

use ::serde::de;

use super::{Field, FieldList, FieldRef, Visit};

/// Fields that are read together: a tuple of at most 24, or [`FieldPair`] of such tuples.
pub trait Group: Sized {
    /// How many there are.
    const LEN: usize;

    /// A place for each.
    type Slots;

    /// No field yet.
    fn slots() -> Self::Slots;

    /// Reads all of them one after the other.
    ///
    /// # Errors
    /// Where one of them cannot be read.
    fn in_order<R: InOrder>(reader: &mut R) -> Result<Self, R::Error>;

    /// Reads the one at that position.
    ///
    /// # Errors
    /// Where it cannot be read, or was read before.
    fn fill<R: AnyOrder>(slots: &mut Self::Slots, at: usize, reader: R) -> Result<(), R::Error>;

    /// All of them, those that were never read as what they are then. `names` and `is_form` are the record's.
    ///
    /// # Errors
    /// Where one of them must not be missing.
    fn finish<E: de::Error>(slots: Self::Slots, names: &[&'static str], is_form: bool) -> Result<Self, E>;
}

/// Fields that come one after the other.
pub trait InOrder {
    /// Why one could not be read.
    type Error;

    /// Reads the next one.
    ///
    /// # Errors
    /// Where it cannot be read.
    fn next<T: Field>(&mut self) -> Result<T, Self::Error>;
}

/// A field that comes by its name.
pub trait AnyOrder {
    /// Why it could not be read.
    type Error;

    /// Reads it into its place.
    ///
    /// # Errors
    /// Where it cannot be read, or was read before.
    fn read<T: Field>(self, slot: &mut Option<T>) -> Result<(), Self::Error>;
}

/// More fields than a tuple has: those of two tuples, one after the other, or of two such pairs.
#[derive(Clone, Copy, Debug)]
pub struct FieldPair<A, B>(pub A, pub B);

impl<A: Group, B: Group> Group for FieldPair<A, B> {
    const LEN: usize = A::LEN + B::LEN;

    type Slots = (A::Slots, B::Slots);

    fn slots() -> Self::Slots {
        (A::slots(), B::slots())
    }

    fn in_order<R: InOrder>(reader: &mut R) -> Result<Self, R::Error> {
        Ok(Self(A::in_order(reader)?, B::in_order(reader)?))
    }

    fn fill<R: AnyOrder>(slots: &mut Self::Slots, at: usize, reader: R) -> Result<(), R::Error> {
        match at.checked_sub(A::LEN) {
            None => A::fill(&mut slots.0, at, reader),
            Some(at) => B::fill(&mut slots.1, at, reader),
        }
    }

    fn finish<E: de::Error>(slots: Self::Slots, names: &[&'static str], is_form: bool) -> Result<Self, E> {
        let (first, second) = names.split_at(A::LEN.min(names.len()));
        Ok(Self(A::finish(slots.0, first, is_form)?, B::finish(slots.1, second, is_form)?))
    }
}

impl<'a, A: FieldList<'a>, B: FieldList<'a>> FieldList<'a> for FieldPair<A, B> {
    const LEN: usize = A::LEN + B::LEN;

    fn each<V: Visit<'a>>(self, visitor: &mut V) -> Result<(), V::Error> {
        self.0.each(visitor)?;
        self.1.each(visitor)
    }

    fn equal(self, others: Self) -> bool {
        self.0.equal(others.0) && self.1.equal(others.1)
    }
}

fn finished<T: Field, E: de::Error>(slot: Option<T>, name: &'static str, is_form: bool) -> Result<T, E> {
    match slot {
        Some(field) => Ok(field),
        None => T::missing(name, is_form),
    }
}

macro_rules! tuple {
    ($($name:ident $at:tt,)*) => {
        #[allow(clippy::unused_unit, reason = "the tuple of no fields is one of them")]
        impl<$($name: Field),*> Group for ($($name,)*) {
            const LEN: usize = 0 $(+ { let _ = $at; 1 })*;

            type Slots = ($(Option<$name>,)*);

            fn slots() -> Self::Slots {
                ($(None::<$name>,)*)
            }

            fn in_order<R: InOrder>(_reader: &mut R) -> Result<Self, R::Error> {
                Ok(($(_reader.next::<$name>()?,)*))
            }

            fn fill<R: AnyOrder>(_slots: &mut Self::Slots, at: usize, _reader: R) -> Result<(), R::Error> {
                match at {
                    $($at => _reader.read(&mut _slots.$at),)*
                    _ => Ok(()),
                }
            }

            fn finish<E: de::Error>(_slots: Self::Slots, _names: &[&'static str], _is_form: bool) -> Result<Self, E> {
                Ok(($(finished(_slots.$at, _names.get($at).copied().unwrap_or_default(), _is_form)?,)*))
            }
        }

        impl<'a, $($name: FieldRef<'a>),*> FieldList<'a> for ($($name,)*) {
            const LEN: usize = 0 $(+ { let _ = $at; 1 })*;

            fn each<V: Visit<'a>>(self, _visitor: &mut V) -> Result<(), V::Error> {
                $(_visitor.field(self.$at)?;)*
                Ok(())
            }

            fn equal(self, _others: Self) -> bool {
                true $(&& self.$at.equals(_others.$at))*
            }
        }
    };
}

/// A tuple of each length up to that of the list.
macro_rules! tuples {
    ([$($done:tt)*]) => { tuple! { $($done)* } };
    ([$($done:tt)*] $name:ident $at:tt, $($rest:tt)*) => {
        tuple! { $($done)* }
        tuples! { [$($done)* $name $at,] $($rest)* }
    };
}

tuples! {
    []
    A 0, B 1, C 2, D 3, F 4, G 5, H 6, I 7, J 8, K 9, L 10, M 11,
    N 12, O 13, P 14, Q 15, S 16, T 17, U 18, W 19, X 20, Y 21, Z 22, AA 23,
}
