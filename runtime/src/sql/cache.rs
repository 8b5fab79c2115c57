//! Templates by the text of their statements.

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, PoisonError, RwLock};

use foldhash::{HashSet, HashSetExt};

use super::error::SqlError;
use super::template::Template;
use crate::table::Dialect;

/// The statements of one engine that were read before, so that each is read once.
///
/// It holds about a thousand: applications have a fixed set of statements, but some put them together at run time, and
/// those must not fill the memory. What was used lately stays. It may be used by many threads at once.
#[derive(Debug)]
pub struct TemplateCache {
    dialect: Dialect,
    generations: RwLock<Generations>,
}

/// The most templates in one of the two generations.
const GENERATION: usize = 500;

/// The longest statement that is kept, in bytes. Longer ones are put together by a program and seldom come again.
const LONGEST: usize = 64 * 1024;

/// When the young generation is full, it becomes the old one, and what was in that and not used meanwhile is dropped.
#[derive(Debug)]
struct Generations {
    young: HashSet<ByText>,
    old: HashSet<ByText>,
}

/// A template that is equal to others of the same statement.
#[derive(Clone, Debug)]
struct ByText(Arc<Template>);

impl Borrow<str> for ByText {
    fn borrow(&self) -> &str {
        self.0.sql()
    }
}

impl Hash for ByText {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.sql().hash(state);
    }
}

impl PartialEq for ByText {
    fn eq(&self, other: &Self) -> bool {
        self.0.sql() == other.0.sql()
    }
}

impl Eq for ByText {}

impl TemplateCache {
    /// An empty one.
    pub fn new(dialect: Dialect) -> Self {
        Self { dialect, generations: RwLock::new(Generations { young: HashSet::new(), old: HashSet::new() }) }
    }

    /// The template of a statement.
    ///
    /// # Errors
    /// As [`Template::parse`]. An error is not remembered.
    pub fn get(&self, sql: &str) -> Result<Arc<Template>, SqlError> {
        // Nothing panics while it holds the lock, and each state of the sets is a good one.
        if let Some(found) = self.generations.read().unwrap_or_else(PoisonError::into_inner).young.get(sql) {
            return Ok(Arc::clone(&found.0));
        }
        if sql.len() > LONGEST {
            return Template::parse(sql, self.dialect).map(Arc::new);
        }
        let old = self.generations.write().unwrap_or_else(PoisonError::into_inner).old.take(sql);
        let template = match old {
            Some(ByText(template)) => template,
            None => Arc::new(Template::parse(sql, self.dialect)?),
        };
        self.generations.write().unwrap_or_else(PoisonError::into_inner).insert(ByText(Arc::clone(&template)));
        Ok(template)
    }

    /// The engine.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }
}

impl Generations {
    fn insert(&mut self, entry: ByText) {
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(cache: &TemplateCache) -> [usize; 2] {
        let generations = cache.generations.read().unwrap();
        [generations.young.len(), generations.old.len()]
    }

    #[test]
    fn a_statement_is_read_once() {
        let cache = TemplateCache::new(Dialect::Mysql);
        let first = cache.get("SELECT :a").unwrap();
        assert!(Arc::ptr_eq(&first, &cache.get(&String::from("SELECT :a")).unwrap()));
        assert!(!Arc::ptr_eq(&first, &cache.get("SELECT :a ").unwrap()));
        assert_eq!(first.plain().text.as_ref(), "SELECT ?");
        cache.get("SELECT '").unwrap_err();
        assert_eq!(sizes(&cache), [2, 0]);
    }

    #[test]
    fn what_is_used_outlives_a_flood_and_the_flood_is_bounded() {
        let cache = TemplateCache::new(Dialect::Postgres);
        let (used, unused) = (cache.get("SELECT :used").unwrap(), cache.get("SELECT :unused").unwrap());
        for number in 0..10 * GENERATION {
            cache.get(&format!("SELECT {number}")).unwrap();
            if number % 100 == 0 {
                assert!(Arc::ptr_eq(&used, &cache.get("SELECT :used").unwrap()), "{number}");
            }
            assert!(sizes(&cache).iter().all(|&size| size <= GENERATION), "{number}: {:?}", sizes(&cache));
        }
        assert!(!Arc::ptr_eq(&unused, &cache.get("SELECT :unused").unwrap()));
    }

    #[test]
    fn giants_are_not_kept() {
        let cache = TemplateCache::new(Dialect::Sqlite);
        cache.get(&format!("SELECT :a /* {} */", " ".repeat(LONGEST))).unwrap();
        assert_eq!(sizes(&cache), [0, 0]);
    }

    #[test]
    fn threads_share_it() {
        let cache = TemplateCache::new(Dialect::Postgres);
        std::thread::scope(|scope| {
            for thread in 0..4_usize {
                let cache = &cache;
                scope.spawn(move || {
                    for number in 0..4000 {
                        // Every thread goes through all statements, from a place of its own.
                        let number = (number + thread * 700) % 1500;
                        let template = cache.get(&format!("SELECT :p{number}")).unwrap();
                        assert_eq!(*template.names()[0], *format!("p{number}"));
                    }
                });
            }
        });
    }
}
