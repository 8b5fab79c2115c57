-- Names that are hard on generators: keywords, signs, other scripts, what differs by case alone, and the names that generated
-- code uses itself.

CREATE TABLE keywords (
    `id` int AUTO_INCREMENT PRIMARY KEY,
    `abstract` integer,
    `as` integer,
    `async` integer,
    `await` integer,
    `box` integer,
    `break` integer,
    `const` integer,
    `continue` integer,
    `crate` integer,
    `dyn` integer,
    `else` integer,
    `enum` integer,
    `extern` integer,
    `false` integer,
    `fn` integer,
    `for` integer,
    `gen` integer,
    `if` integer,
    `impl` integer,
    `in` integer,
    `let` integer,
    `loop` integer,
    `macro` integer,
    `match` integer,
    `mod` integer,
    `move` integer,
    `mut` integer,
    `pub` integer,
    `ref` integer,
    `return` integer,
    `self` integer,
    `static` integer,
    `struct` integer,
    `super` integer,
    `trait` integer,
    `true` integer,
    `try` integer,
    `type` integer,
    `type_` integer,
    `union` integer,
    `unsafe` integer,
    `use` integer,
    `where` integer,
    `while` integer,
    `yield` integer,
    `_` integer,
    `__` integer,
    `r#type` integer,
    `'static` integer
);

CREATE TABLE `option` (`id` int AUTO_INCREMENT PRIMARY KEY, `value` integer);
CREATE TABLE `string` (`id` int AUTO_INCREMENT PRIMARY KEY, `value` integer);
CREATE TABLE `result` (`id` int AUTO_INCREMENT PRIMARY KEY, `value` integer);
CREATE TABLE `self` (`id` int AUTO_INCREMENT PRIMARY KEY, `value` integer);
CREATE TABLE `type` (`id` int AUTO_INCREMENT PRIMARY KEY, `value` integer);
CREATE TABLE `std` (`id` int AUTO_INCREMENT PRIMARY KEY, `value` integer);
CREATE TABLE `types` (`id` int AUTO_INCREMENT PRIMARY KEY, `value` integer);
CREATE TABLE `keys` (`id` int AUTO_INCREMENT PRIMARY KEY, `value` integer);
CREATE TABLE `lib` (`id` int AUTO_INCREMENT PRIMARY KEY, `value` integer);
CREATE TABLE `row` (`id` int AUTO_INCREMENT PRIMARY KEY, `value` integer);
CREATE TABLE `relation` (`id` int AUTO_INCREMENT PRIMARY KEY, `value` integer);
CREATE TABLE `new_book` (`id` int AUTO_INCREMENT PRIMARY KEY, `value` integer);
CREATE TABLE `book` (`id` int AUTO_INCREMENT PRIMARY KEY, `value` integer);
CREATE TABLE `book_patch` (`id` int AUTO_INCREMENT PRIMARY KEY, `value` integer);
CREATE TABLE `book_column` (`id` int AUTO_INCREMENT PRIMARY KEY, `value` integer);

CREATE TABLE `odd columns` (
    `id` int AUTO_INCREMENT PRIMARY KEY,
    `../../etc/passwd` integer,
    `C:\windows\x` integer,
    `1st` integer,
    `2 fast` integer,
    `two words` integer,
    `semi;colon` integer,
    `quote"d` integer,
    `tick``ed` integer,
    `apo'strophe` integer,
    `new
line` integer,
    `tab	here` integer,
    `{{ braces }}` integer,
    `{% raw %}` integer,
    `*/ fn main() {} /*` integer,
    `//` integer,
    `#![x]` integer,
    `a.b` integer,
    `a:b` integer,
    `%s` integer,
    `$1` integer,
    `{}` integer,
    `naïve` integer,
    `straße` integer,
    `日本語` integer,
    `שלום` integer,
    `é` integer,
    `‮evil` integer,
    `ﬁ` integer,
    `Ⅷ` integer,
    `ß` integer,
    `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx` integer
);

CREATE TABLE `../../etc/passwd` (`id` int AUTO_INCREMENT PRIMARY KEY, `odd columns` integer REFERENCES `odd columns` (`id`));
CREATE TABLE `quote"d` (`id` int AUTO_INCREMENT PRIMARY KEY, `odd columns` integer REFERENCES `odd columns` (`id`));
CREATE TABLE `tick``ed` (`id` int AUTO_INCREMENT PRIMARY KEY, `odd columns` integer REFERENCES `odd columns` (`id`));
CREATE TABLE `new
line` (`id` int AUTO_INCREMENT PRIMARY KEY, `odd columns` integer REFERENCES `odd columns` (`id`));
CREATE TABLE `a.b` (`id` int AUTO_INCREMENT PRIMARY KEY, `odd columns` integer REFERENCES `odd columns` (`id`));
CREATE TABLE `a:b` (`id` int AUTO_INCREMENT PRIMARY KEY, `odd columns` integer REFERENCES `odd columns` (`id`));
CREATE TABLE `日本語` (`id` int AUTO_INCREMENT PRIMARY KEY, `odd columns` integer REFERENCES `odd columns` (`id`));
CREATE TABLE `‮evil` (`id` int AUTO_INCREMENT PRIMARY KEY, `odd columns` integer REFERENCES `odd columns` (`id`));
CREATE TABLE `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx` (`id` int AUTO_INCREMENT PRIMARY KEY);

CREATE TABLE `folded` (
    `id` int AUTO_INCREMENT PRIMARY KEY,
    `user_name` integer,
    `userName` integer,
    `user name` integer,
    `user-name` integer,
    `user__name` integer,
    `_user_name` integer,
    `user_name_` integer
);
CREATE TABLE `user_name` (`id` int AUTO_INCREMENT PRIMARY KEY, `user_name` integer REFERENCES `user_name` (`id`));
CREATE TABLE `userName` (`id` int AUTO_INCREMENT PRIMARY KEY, `user_name` integer REFERENCES `user_name` (`id`));
CREATE TABLE `user name` (`id` int AUTO_INCREMENT PRIMARY KEY, `user_name` integer REFERENCES `user_name` (`id`));
CREATE TABLE `user-name` (`id` int AUTO_INCREMENT PRIMARY KEY, `user_name` integer REFERENCES `user_name` (`id`));
CREATE TABLE `user__name` (`id` int AUTO_INCREMENT PRIMARY KEY, `user_name` integer REFERENCES `user_name` (`id`));
CREATE TABLE `_user_name` (`id` int AUTO_INCREMENT PRIMARY KEY, `user_name` integer REFERENCES `user_name` (`id`));
CREATE TABLE `user_name_` (`id` int AUTO_INCREMENT PRIMARY KEY, `user_name` integer REFERENCES `user_name` (`id`));

CREATE TABLE `Invoices` (`InvoiceId` int AUTO_INCREMENT PRIMARY KEY, `CustomerName` integer, `TotalAmount` integer, `odd_one` integer);
CREATE TABLE `parcels` (`parcelId` int AUTO_INCREMENT PRIMARY KEY, `customerName` integer, `totalWeight` integer);

CREATE TABLE `enums` (`id` int AUTO_INCREMENT PRIMARY KEY, `label` enum('', 'a', '+', '-', '*', 'type', 'self', '1', '1st', 'two words', 'two_words', '''', '"', '\\', '日本', '
', 'a,b') NOT NULL, `labels` set('a', '+', '-', '*', 'type', 'self', '1', '1st', 'two words', 'two_words', '''', '"', '\\', '日本', '
'));

-- What the modules of a relation are called, and the types that their files use.
CREATE TABLE `columns` (`id` int AUTO_INCREMENT PRIMARY KEY, `columns` integer);
CREATE TABLE `references` (`id` int AUTO_INCREMENT PRIMARY KEY, `references` integer REFERENCES `columns` (`id`));
CREATE TABLE `constraints` (`id` int AUTO_INCREMENT PRIMARY KEY, `value` integer);
CREATE TABLE `key` (`id` int AUTO_INCREMENT PRIMARY KEY, `value` integer);
CREATE TABLE `schema` (`id` int AUTO_INCREMENT PRIMARY KEY, `value` integer);
CREATE TABLE `patch` (`id` int AUTO_INCREMENT PRIMARY KEY, `value` integer);
CREATE TABLE `reference` (`id` int AUTO_INCREMENT PRIMARY KEY, `value` integer);
CREATE TABLE `constraint` (`id` int AUTO_INCREMENT PRIMARY KEY, `value` integer);
CREATE TABLE `change` (`id` int AUTO_INCREMENT PRIMARY KEY, `value` integer);
CREATE TABLE `cache` (`id` int AUTO_INCREMENT PRIMARY KEY, `index` enum('a', 'b') NOT NULL);
CREATE TABLE `constrained` (`id` int AUTO_INCREMENT PRIMARY KEY, `a` integer, `b` integer, `c` integer, `d` integer, CONSTRAINT `constrained` UNIQUE (`a`), CONSTRAINT `constrained_1st` UNIQUE (`b`), CONSTRAINT `Self` UNIQUE (`c`), CONSTRAINT `größe` CHECK (`d` > 0), CONSTRAINT `type` CHECK (`a` < `b`), CONSTRAINT `TYPE!` CHECK (`a` < `c`));
