-- What the shop sells: books, who wrote and published them, and the shelves they stand on.

CREATE TABLE publisher (
  id bigint NOT NULL AUTO_INCREMENT,
  name varchar(200) NOT NULL,
  country char(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
    COMMENT 'ISO 3166-1 code of the country where the house is registered.',
  website varchar(500),
  PRIMARY KEY (id),
  CONSTRAINT publisher_name_key UNIQUE (name),
  CONSTRAINT publisher_name_not_empty CHECK (char_length(name) >= 1),
  CONSTRAINT publisher_country_code CHECK (country REGEXP '^[A-Z]{2}$')
) DEFAULT CHARACTER SET utf8mb4 COMMENT 'A house that the shop buys from.';

CREATE TABLE author (
  id bigint NOT NULL AUTO_INCREMENT,
  given_name varchar(100) COMMENT 'Absent where an author goes by one name.',
  family_name varchar(100) NOT NULL,
  sort_name varchar(202) GENERATED ALWAYS AS (
    CASE WHEN given_name IS NULL THEN family_name ELSE concat(family_name, ', ', given_name) END
  ) VIRTUAL COMMENT 'The name as it stands in an alphabetical list.',
  born_in smallint,
  biography text,
  PRIMARY KEY (id),
  KEY author_sort_name_idx (sort_name),
  CONSTRAINT author_family_name_not_empty CHECK (char_length(family_name) >= 1),
  CONSTRAINT author_born_in_range CHECK (born_in BETWEEN 1 AND 2100)
) DEFAULT CHARACTER SET utf8mb4 COMMENT 'A person who writes, translates, illustrates or reads aloud.';

CREATE TABLE series (
  id bigint NOT NULL AUTO_INCREMENT,
  title varchar(300) NOT NULL,
  planned_volumes smallint,
  PRIMARY KEY (id),
  CONSTRAINT series_planned_volumes_positive CHECK (planned_volumes > 0)
) DEFAULT CHARACTER SET utf8mb4 COMMENT 'Books that are meant to be read in order.';

CREATE TABLE category (
  id int NOT NULL AUTO_INCREMENT,
  parent_id int COMMENT 'The shelf around this one; absent at the top.',
  slug varchar(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
    COMMENT 'The name in web addresses: lower case letters, digits and hyphens.',
  name varchar(120) NOT NULL,
  `position` int NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  CONSTRAINT category_slug_key UNIQUE (slug),
  CONSTRAINT category_parent_name_key UNIQUE (parent_id, name),
  CONSTRAINT category_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES category (id) ON DELETE RESTRICT,
  CONSTRAINT category_slug_form CHECK (slug REGEXP '^[a-z0-9-]+$'),
  CONSTRAINT category_position_not_negative CHECK (`position` >= 0)
) DEFAULT CHARACTER SET utf8mb4 COMMENT 'A shelf of the shop. Shelves stand inside other shelves.';

CREATE TABLE book (
  id bigint NOT NULL AUTO_INCREMENT,
  isbn varchar(13) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
    COMMENT 'An ISBN of thirteen digits, without hyphens.',
  title varchar(300) NOT NULL,
  subtitle varchar(300),
  format enum('hardcover', 'paperback', 'ebook', 'audiobook') NOT NULL,
  publisher_id bigint NOT NULL,
  category_id int NOT NULL,
  series_id bigint,
  volume smallint COMMENT 'The place in the series, counted from 1.',
  language char(2) CHARACTER SET ascii NOT NULL DEFAULT 'en'
    COMMENT 'ISO 639-1 code of the language that the text is in.',
  page_count int,
  published_on date,
  price decimal(10,2) NOT NULL COMMENT 'What a copy costs today, in euros, with tax.',
  available boolean NOT NULL DEFAULT true,
  tags json NOT NULL DEFAULT (json_array())
    COMMENT 'An array of free words for the search, such as "prize winner".',
  attributes json NOT NULL DEFAULT (json_object())
    COMMENT 'What only some formats have: the running time, the binding, the file size.',
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id),
  CONSTRAINT book_isbn_key UNIQUE (isbn),
  CONSTRAINT book_series_volume_key UNIQUE (series_id, volume),
  KEY book_publisher_id_idx (publisher_id),
  KEY book_category_id_title_idx (category_id, title),
  KEY book_published_on_idx (published_on DESC),
  CONSTRAINT book_publisher_id_fkey FOREIGN KEY (publisher_id) REFERENCES publisher (id),
  CONSTRAINT book_category_id_fkey FOREIGN KEY (category_id) REFERENCES category (id),
  CONSTRAINT book_series_id_fkey FOREIGN KEY (series_id) REFERENCES series (id),
  CONSTRAINT book_isbn_is_thirteen_digits CHECK (isbn REGEXP '^97[89][0-9]{10}$'),
  CONSTRAINT book_title_length CHECK (char_length(title) BETWEEN 1 AND 300),
  CONSTRAINT book_volume_positive CHECK (volume > 0),
  CONSTRAINT book_volume_needs_series CHECK (series_id IS NOT NULL OR volume IS NULL),
  CONSTRAINT book_page_count_positive CHECK (page_count > 0),
  CONSTRAINT book_price_not_negative CHECK (price >= 0)
) DEFAULT CHARACTER SET utf8mb4
  COMMENT 'One edition that the shop sells: the hardcover and the paperback of a novel are two books.';

CREATE TABLE book_author (
  book_id bigint NOT NULL,
  author_id bigint NOT NULL,
  role varchar(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'author',
  credit_order smallint NOT NULL DEFAULT 1 COMMENT 'The place of the name on the cover, counted from 1.',
  PRIMARY KEY (book_id, author_id, role),
  KEY book_author_author_id_idx (author_id),
  CONSTRAINT book_author_book_id_fkey FOREIGN KEY (book_id) REFERENCES book (id) ON DELETE CASCADE,
  CONSTRAINT book_author_author_id_fkey FOREIGN KEY (author_id) REFERENCES author (id) ON DELETE RESTRICT,
  CONSTRAINT book_author_role_known CHECK (role IN ('author', 'editor', 'translator', 'illustrator', 'narrator')),
  CONSTRAINT book_author_credit_order_positive CHECK (credit_order >= 1)
) DEFAULT CHARACTER SET utf8mb4 COMMENT 'Who had which part in a book. One person can have several.';
