-- What readers think, and how many copies are in the house.

-- New copies are ordered when fewer than these are left.
ALTER TABLE book ADD COLUMN reorder_level INTEGER NOT NULL DEFAULT 0
  CONSTRAINT book_reorder_level_not_negative CHECK (reorder_level >= 0);

-- What a customer says about a book: once, and seen by others when published.
CREATE TABLE review (
  id INTEGER NOT NULL PRIMARY KEY,
  book_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  rating SMALLINT NOT NULL, -- From 1, poor, to 5, splendid.
  headline VARCHAR(120),
  body TEXT,
  status VARCHAR(12) NOT NULL DEFAULT 'pending',
  helpful_votes INTEGER NOT NULL DEFAULT 0,
  created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT review_book_id_customer_id_key UNIQUE (book_id, customer_id),
  CONSTRAINT review_book_id_fkey FOREIGN KEY (book_id) REFERENCES book (id) ON DELETE CASCADE,
  CONSTRAINT review_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer (id),
  CONSTRAINT review_rating_range CHECK (rating BETWEEN 1 AND 5),
  CONSTRAINT review_body_length CHECK (length(body) BETWEEN 1 AND 5000),
  CONSTRAINT review_status_known CHECK (status IN ('pending', 'published', 'rejected')),
  CONSTRAINT review_helpful_votes_not_negative CHECK (helpful_votes >= 0)
);
CREATE INDEX review_customer_id_idx ON review (customer_id);

-- How many copies of a book a warehouse holds.
CREATE TABLE stock_level (
  book_id INTEGER NOT NULL,
  warehouse VARCHAR(20) NOT NULL,
  on_hand INTEGER NOT NULL DEFAULT 0,
  reserved INTEGER NOT NULL DEFAULT 0, -- Copies that are sold and not yet packed.
  shelf VARCHAR(20),
  counted_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, -- When somebody last counted them by hand.
  CONSTRAINT stock_level_pkey PRIMARY KEY (book_id, warehouse),
  CONSTRAINT stock_level_book_id_fkey FOREIGN KEY (book_id) REFERENCES book (id) ON DELETE CASCADE,
  CONSTRAINT stock_level_on_hand_not_negative CHECK (on_hand >= 0),
  CONSTRAINT stock_level_reserved_range CHECK (reserved >= 0 AND reserved <= on_hand)
);
