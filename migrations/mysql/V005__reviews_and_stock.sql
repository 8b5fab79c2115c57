-- What readers think, and how many copies are in the house.

ALTER TABLE book
  ADD COLUMN reorder_level int NOT NULL DEFAULT 0 COMMENT 'New copies are ordered when fewer than these are left.',
  ADD CONSTRAINT book_reorder_level_not_negative CHECK (reorder_level >= 0);

CREATE TABLE review (
  id bigint NOT NULL AUTO_INCREMENT,
  book_id bigint NOT NULL,
  customer_id bigint NOT NULL,
  rating smallint NOT NULL COMMENT 'From 1, poor, to 5, splendid.',
  headline varchar(120),
  body text,
  status varchar(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'pending',
  helpful_votes int NOT NULL DEFAULT 0,
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id),
  CONSTRAINT review_book_id_customer_id_key UNIQUE (book_id, customer_id),
  KEY review_customer_id_idx (customer_id),
  CONSTRAINT review_book_id_fkey FOREIGN KEY (book_id) REFERENCES book (id) ON DELETE CASCADE,
  CONSTRAINT review_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer (id),
  CONSTRAINT review_rating_range CHECK (rating BETWEEN 1 AND 5),
  CONSTRAINT review_body_length CHECK (char_length(body) BETWEEN 1 AND 5000),
  CONSTRAINT review_status_known CHECK (status IN ('pending', 'published', 'rejected')),
  CONSTRAINT review_helpful_votes_not_negative CHECK (helpful_votes >= 0)
) DEFAULT CHARACTER SET utf8mb4
  COMMENT 'What a customer says about a book: once, and seen by others when published.';

CREATE TABLE stock_level (
  book_id bigint NOT NULL,
  warehouse varchar(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  on_hand int NOT NULL DEFAULT 0,
  reserved int NOT NULL DEFAULT 0 COMMENT 'Copies that are sold and not yet packed.',
  shelf varchar(20),
  counted_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) COMMENT 'When somebody last counted them by hand.',
  PRIMARY KEY (book_id, warehouse),
  CONSTRAINT stock_level_book_id_fkey FOREIGN KEY (book_id) REFERENCES book (id) ON DELETE CASCADE,
  CONSTRAINT stock_level_on_hand_not_negative CHECK (on_hand >= 0),
  CONSTRAINT stock_level_reserved_range CHECK (reserved >= 0 AND reserved <= on_hand)
) DEFAULT CHARACTER SET utf8mb4 COMMENT 'How many copies of a book a warehouse holds.';
