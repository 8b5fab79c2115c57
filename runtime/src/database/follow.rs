//! Following foreign keys: the row that one refers to, and the rows that refer to one, for many rows at a time.
//!
//! A statement asks for the rows of many keys at once, and the answer is put beside the rows that were given by the values
//! of the keys. The database may take keys for equal that differ as values, as do texts under a collation without upper and
//! lower case, or padded ones. So a row that no key is exactly equal to is looked for without regard to that, and where
//! this is not clear either, the database is asked about this row alone. No row is dropped.

use foldhash::{HashMap, HashMapExt};

use super::error::Error;
use super::select::{Node, Plan, Select, Wanted, both};
use super::session::Session;
use crate::columns::Reference;
use crate::database::expression::column_param;
use crate::param::{Param, ToSql, text};
use crate::table::{Dialect, Relation, Table};

impl Session {
    /// The row that a row refers to; `None` where a column of the foreign key is NULL.
    ///
    /// # Errors
    /// Where the database refuses the statement, or a row cannot be read.
    pub async fn parent<C: Table, P: Table + Clone>(
        &self,
        child: &C,
        reference: Reference<C, P>,
    ) -> Result<Option<P>, Error> {
        Ok(self.parents(std::slice::from_ref(child), reference).await?.pop().flatten())
    }

    /// For each row the one that it refers to, in the order of the rows. All are read by one statement, or one for some
    /// thousand different keys.
    ///
    /// # Errors
    /// As [`parent`](Self::parent).
    pub async fn parents<C: Table, P: Table + Clone>(
        &self,
        children: &[C],
        reference: Reference<C, P>,
    ) -> Result<Vec<Option<P>>, Error> {
        let key = reference.foreign_key();
        let from = positions(C::RELATION, key.columns)?;
        let to = positions(P::RELATION, key.referenced_columns)?;
        let mut wanted = Wants::default();
        for child in children {
            wanted.add(values_of(&child.values(), &from));
        }
        let mut found: Vec<P> = Vec::new();
        let mut answers = Answers::new(wanted.keys.len());
        for chunk in wanted.chunks(self.dialect(), to.len()) {
            self.visit_plan(&keys_plan::<P>(&to, chunk.to_vec()), Wanted::Rows, &mut |row| {
                let parent = row.read::<P>()?;
                answers.offer(&wanted, values_of(&parent.values(), &to).as_deref(), found.len());
                found.push(parent);
                Ok(true)
            })
            .await?;
        }
        for index in answers.unclear(&wanted) {
            let plan = keys_plan::<P>(&to, vec![wanted.keys[index].clone()]);
            self.visit_plan(&plan, Wanted::Rows, &mut |row| {
                answers.of_key[index] = Some(found.len());
                found.push(row.read::<P>()?);
                Ok(false)
            })
            .await?;
        }
        let answer = |index: usize| answers.of_key[index].and_then(|position| found.get(position).cloned());
        Ok(wanted.of_row.iter().map(|key| key.and_then(answer)).collect())
    }

    /// The rows that refer to a row.
    ///
    /// # Errors
    /// Where the database refuses the statement, or a row cannot be read.
    pub async fn children<P: Table, C: Table + Clone>(
        &self,
        parent: &P,
        reference: Reference<C, P>,
    ) -> Result<Vec<C>, Error> {
        self.select().fetch_children(parent, reference).await
    }

    /// For each row those that refer to it, in the order of the rows. All are read by one statement, or one for some
    /// thousand different keys.
    ///
    /// # Errors
    /// As [`children`](Self::children).
    pub async fn children_of<P: Table, C: Table + Clone>(
        &self,
        parents: &[P],
        reference: Reference<C, P>,
    ) -> Result<Vec<Vec<C>>, Error> {
        self.select().fetch_children_of(parents, reference).await
    }
}

impl<C: Table + Clone> Select<'_, C> {
    /// The rows among these that refer to a row, in the order that was asked for.
    ///
    /// # Errors
    /// As [`Session::children`], and [`Error::Statement`] where there is a limit or an offset.
    pub async fn fetch_children<P: Table>(self, parent: &P, reference: Reference<C, P>) -> Result<Vec<C>, Error> {
        Ok(self.fetch_children_of(std::slice::from_ref(parent), reference).await?.pop().unwrap_or_default())
    }

    /// For each row those among these that refer to it, in the order of the rows, and each list in the order that was asked
    /// for.
    ///
    /// ```text
    /// let reviews = db
    ///     .select::<Review>()
    ///     .filter(review::columns::RATING.ge(4))
    ///     .order_by(review::columns::CREATED_AT.desc())
    ///     .fetch_children_of(&books, review::references::BOOK)
    ///     .await?;
    /// ```
    ///
    /// # Errors
    /// As [`Session::children`], and [`Error::Statement`] where there is a limit or an offset: they would count the rows of
    /// all parents together.
    pub async fn fetch_children_of<P: Table>(
        self,
        parents: &[P],
        reference: Reference<C, P>,
    ) -> Result<Vec<Vec<C>>, Error> {
        let Self { session, plan, .. } = self;
        if plan.limit.is_some() || plan.offset.is_some() {
            let why = "a limit or an offset would count the rows of all parents together";
            return Err(Error::statement(C::RELATION, why));
        }
        let key = reference.foreign_key();
        let from = positions(C::RELATION, key.columns)?;
        let to = positions(P::RELATION, key.referenced_columns)?;
        let mut wanted = Wants::default();
        for parent in parents {
            wanted.add(values_of(&parent.values(), &to));
        }
        // Each row with the parents' key that it belongs to, or with a key of its own that is yet to be explained.
        let mut rows: Vec<(Result<usize, Vec<Param>>, C)> = Vec::new();
        for chunk in wanted.chunks(session.dialect(), from.len()) {
            let mut plan = plan.clone();
            plan.filter = both(keys_node(&from, chunk.to_vec()), plan.filter);
            session
                .visit_plan(&plan, Wanted::Rows, &mut |row| {
                    let child = row.read::<C>()?;
                    if let Some(key) = values_of(&child.values(), &from) {
                        rows.push((wanted.find(&key).ok_or(key), child));
                    }
                    Ok(true)
                })
                .await?;
        }
        let mut explained: HashMap<String, Option<usize>> = HashMap::new();
        let mut lists: Vec<Vec<C>> = wanted.keys.iter().map(|_| Vec::new()).collect();
        for (key, child) in rows {
            let index = match key {
                Ok(index) => Some(index),
                Err(key) => match explained.get(&exact(&key)) {
                    Some(index) => *index,
                    None => {
                        let mut index = None;
                        let parent = keys_plan::<P>(&to, vec![key.clone()]);
                        session
                            .visit_plan(&parent, Wanted::Rows, &mut |row| {
                                let parent = values_of(&row.read::<P>()?.values(), &to);
                                index = parent.and_then(|key| wanted.find(&key));
                                Ok(false)
                            })
                            .await?;
                        explained.insert(exact(&key), index);
                        index
                    }
                },
            };
            if let Some(list) = index.and_then(|index| lists.get_mut(index)) {
                list.push(child);
            }
        }
        Ok(wanted.hand_out(lists))
    }
}

/// The positions of columns in a relation.
fn positions(relation: &Relation, columns: &[&str]) -> Result<Vec<usize>, Error> {
    let position = |name: &&str| {
        let missing = || Error::statement(relation, format!("column {name:?} of the foreign key is not generated"));
        relation.position(name).ok_or_else(missing)
    };
    columns.iter().map(position).collect()
}

/// The values in some columns; `None` where one is NULL.
fn values_of(values: &[&dyn ToSql], positions: &[usize]) -> Option<Vec<Param>> {
    let value = |&position: &usize| Some(column_param(values.get(position)?.to_sql())).filter(|param| !param.is_null());
    positions.iter().map(value).collect()
}

fn keys_node(columns: &[usize], keys: Vec<Vec<Param>>) -> Node {
    Node::Keys { columns: columns.to_vec(), rows: keys }
}

fn keys_plan<T: Table>(columns: &[usize], keys: Vec<Vec<Param>>) -> Plan {
    Plan { filter: keys_node(columns, keys), ..Plan::new(T::RELATION, T::schema().dialect) }
}

/// The keys that rows are looked up by.
#[derive(Default)]
struct Wants {
    /// Each key once.
    keys: Vec<Vec<Param>>,
    /// For each row that was given the position of its key.
    of_row: Vec<Option<usize>>,
    by_exact: HashMap<String, usize>,
    /// `None` where several keys are the same without regard to upper and lower case and padding.
    by_loose: HashMap<String, Option<usize>>,
}

impl Wants {
    fn add(&mut self, key: Option<Vec<Param>>) {
        let position = key.map(|key| {
            let next = self.keys.len();
            let position = *self.by_exact.entry(exact(&key)).or_insert(next);
            if position == next {
                self.by_loose.entry(loose(&key)).and_modify(|known| *known = None).or_insert(Some(next));
                self.keys.push(key);
            }
            position
        });
        self.of_row.push(position);
    }

    /// The one that a key is equal to.
    fn find(&self, key: &[Param]) -> Option<usize> {
        self.by_exact.get(&exact(key)).copied().or_else(|| self.by_loose.get(&loose(key)).copied().flatten())
    }

    /// The keys in lists that are small enough for one statement each. The sizes are powers of two, to which lists are
    /// filled up, and leave room for what else the statement has.
    fn chunks(&self, dialect: Dialect, columns: usize) -> std::slice::Chunks<'_, Vec<Param>> {
        let size = match dialect {
            // MySQL plans a long chain of alternatives slowly, and not by the index once it takes too much memory.
            Dialect::Mysql if columns > 1 => 1024,
            Dialect::Mysql | Dialect::Postgres => 32_768 / columns.max(1),
            // 32766 is the most.
            Dialect::Sqlite => 16_384 / columns.max(1),
        };
        self.keys.chunks(if size.is_power_of_two() { size } else { size.next_power_of_two() / 2 }.clamp(1, 16_384))
    }

    /// What belongs to each key, for each row that was given.
    fn hand_out<T: Clone>(&self, lists: Vec<Vec<T>>) -> Vec<Vec<T>> {
        let mut left = vec![0_usize; lists.len()];
        for key in self.of_row.iter().flatten() {
            left[*key] += 1;
        }
        let mut lists = lists;
        let mut hand_out = |key: usize| {
            left[key] -= 1;
            // Only a row that was given several times takes a copy.
            if left[key] == 0 { std::mem::take(&mut lists[key]) } else { lists[key].clone() }
        };
        self.of_row.iter().map(|key| key.map_or_else(Vec::new, &mut hand_out)).collect()
    }
}

/// The rows that were found for keys that find at most one each.
struct Answers {
    /// For each key the position of its row.
    of_key: Vec<Option<usize>>,
    /// Rows whose keys are exactly equal to none, by their keys without regard to upper and lower case and padding;
    /// `None` where there are several.
    loose: HashMap<String, Option<usize>>,
}

impl Answers {
    fn new(keys: usize) -> Self {
        Self { of_key: vec![None; keys], loose: HashMap::new() }
    }

    fn offer(&mut self, wanted: &Wants, key: Option<&[Param]>, position: usize) {
        let Some(key) = key else { return };
        match wanted.by_exact.get(&exact(key)) {
            Some(&index) => self.of_key[index] = Some(position),
            None => {
                self.loose.entry(loose(key)).and_modify(|known| *known = None).or_insert(Some(position));
            }
        }
    }

    /// Settles what the values tell, and gives the keys that only the database can tell the row of.
    fn unclear(&mut self, wanted: &Wants) -> Vec<usize> {
        let mut unclear = Vec::new();
        for (index, key) in wanted.keys.iter().enumerate() {
            if self.of_key[index].is_some() {
                continue;
            }
            match self.loose.get(&loose(key)) {
                Some(Some(position)) => self.of_key[index] = Some(*position),
                // What is no text is equal in one way only: there is no such row.
                None if self.loose.is_empty() && !key.iter().any(is_textual) => {}
                _ => unclear.push(index),
            }
        }
        unclear
    }
}

/// Whether the database may take other values than this one for equal to it.
fn is_textual(param: &Param) -> bool {
    matches!(param, Param::Text(_) | Param::Label(_) | Param::Literal { .. } | Param::Bytes(_) | Param::Json(_))
}

/// A text that is the same for values which every engine takes for equal, such as 1.5 and 1.50.
fn exact(key: &[Param]) -> String {
    form(key, |text| text.to_owned())
}

/// A text that is the same without regard to upper and lower case, and to padding.
fn loose(key: &[Param]) -> String {
    form(key, |text| text.trim_end_matches([' ', '\0']).to_lowercase())
}

fn form(key: &[Param], of_text: fn(&str) -> String) -> String {
    let mut out = String::new();
    for param in key {
        let value = match param {
            Param::Bool(value) => u8::from(*value).to_string(),
            // Minus zero is zero.
            Param::Real(value) => (value + 0.0).to_string(),
            Param::Double(value) => (value + 0.0).to_string(),
            Param::Decimal(value) => value.normalize().to_string(),
            Param::BigDecimal(value) => value.normalized().to_plain_string(),
            param => of_text(&text::of(param)),
        };
        out.push_str(&value.len().to_string());
        out.push(':');
        out.push_str(&value);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(values: &[&dyn ToSql]) -> Option<Vec<Param>> {
        let positions: Vec<usize> = (0..values.len()).collect();
        values_of(values, &positions)
    }

    #[test]
    fn equal_values_have_one_form() {
        let decimal = |text: &str| text.parse::<crate::Decimal>().unwrap();
        let big = |text: &str| text.parse::<crate::BigDecimal>().unwrap();
        let same: [(&dyn ToSql, &dyn ToSql); 6] = [
            (&1_i32, &1_i64),
            (&decimal("1.50"), &decimal("1.5")),
            (&decimal("100"), &big("1E2")),
            (&-0.0_f64, &0.0_f64),
            (&true, &1_i16),
            (&7_u64, &big("7.00")),
        ];
        for (left, right) in same {
            assert_eq!(exact(&[left.to_sql()]), exact(&[right.to_sql()]));
        }
        assert_ne!(exact(&key(&[&"ab", &"c"]).unwrap()), exact(&key(&[&"a", &"bc"]).unwrap()));
        assert_ne!(exact(&["a".to_sql()]), exact(&["A".to_sql()]));
        assert_eq!(loose(&["ÄB  ".to_sql()]), loose(&["äb".to_sql()]));
    }

    #[test]
    fn nulls_have_no_key_and_repeated_ones_have_one() {
        let mut wanted = Wants::default();
        for values in [key(&[&1, &"a"]), key(&[&1, &None::<String>]), key(&[&1, &"a"]), key(&[&2, &"a"])] {
            wanted.add(values);
        }
        assert_eq!(wanted.of_row, [Some(0), None, Some(0), Some(1)]);
        assert_eq!(wanted.hand_out(vec![vec!['x'], vec!['y']]), [vec!['x'], vec![], vec!['x'], vec!['y']]);
        assert_eq!(wanted.find(&key(&[&2, &"A "]).unwrap()), Some(1));
        wanted.add(key(&[&2, &"A"]));
        assert_eq!(wanted.find(&key(&[&2, &"A "]).unwrap()), None);
    }

    #[test]
    fn chunks_fit_into_a_statement() {
        let mut wanted = Wants::default();
        for number in 0..40_000_i64 {
            wanted.add(key(&[&number]));
        }
        for (dialect, limit) in [(Dialect::Postgres, 65_535), (Dialect::Mysql, 65_535), (Dialect::Sqlite, 32_766)] {
            for columns in 1..=32 {
                let largest = wanted.chunks(dialect, columns).map(<[_]>::len).max().unwrap();
                assert!(largest.next_power_of_two() * columns <= limit, "{dialect:?} {columns} {largest}");
                assert_eq!(wanted.chunks(dialect, columns).map(<[_]>::len).sum::<usize>(), 40_000);
            }
        }
    }

    #[test]
    fn only_text_is_asked_for_again() {
        let mut wanted = Wants::default();
        for values in [key(&[&1]), key(&[&2])] {
            wanted.add(values);
        }
        let mut answers = Answers::new(2);
        answers.offer(&wanted, key(&[&1_i64]).as_deref(), 0);
        assert_eq!(answers.unclear(&wanted), [0_usize; 0]);
        let mut wanted = Wants::default();
        for values in [key(&[&"abc"]), key(&[&"ABC"]), key(&[&"x"]), key(&[&"é"])] {
            wanted.add(values);
        }
        let mut answers = Answers::new(4);
        answers.offer(&wanted, key(&[&"abc"]).as_deref(), 0);
        answers.offer(&wanted, key(&[&"X  "]).as_deref(), 1);
        // `x` is clear; `ABC` may be a row of its own, and `é` may be equal to anything.
        assert_eq!(answers.unclear(&wanted), [1, 3]);
        assert_eq!(answers.of_key, [Some(0), None, Some(1), None]);
    }
}
