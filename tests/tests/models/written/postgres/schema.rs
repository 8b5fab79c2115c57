// @generated automatically by Diesel CLI.

pub mod sql_types {
    #[derive(diesel::query_builder::QueryId, Clone, diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = "book_format"))]
    pub struct BookFormat;
}

diesel::table! {
    address (id) {
        id -> Int8,
        customer_id -> Int8,
        #[sql_name = "type"]
        #[max_length = 12]
        type_ -> Varchar,
        #[max_length = 200]
        recipient -> Varchar,
        #[max_length = 200]
        street -> Varchar,
        #[max_length = 200]
        extra -> Nullable<Varchar>,
        #[max_length = 16]
        postcode -> Varchar,
        #[max_length = 120]
        city -> Varchar,
        #[max_length = 2]
        country -> Bpchar,
        is_default -> Bool,
    }
}

diesel::table! {
    author (id) {
        id -> Int8,
        #[max_length = 100]
        given_name -> Nullable<Varchar>,
        #[max_length = 100]
        family_name -> Varchar,
        #[max_length = 202]
        sort_name -> Varchar,
        born_in -> Nullable<Int2>,
        biography -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::BookFormat;

    book (id) {
        id -> Int8,
        #[max_length = 13]
        isbn -> Varchar,
        #[max_length = 300]
        title -> Varchar,
        #[max_length = 300]
        subtitle -> Nullable<Varchar>,
        format -> BookFormat,
        publisher_id -> Int8,
        category_id -> Int4,
        series_id -> Nullable<Int8>,
        volume -> Nullable<Int2>,
        #[max_length = 2]
        language -> Bpchar,
        page_count -> Nullable<Int4>,
        published_on -> Nullable<Date>,
        price -> Numeric,
        available -> Bool,
        tags -> Array<Nullable<Text>>,
        attributes -> Jsonb,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        reorder_level -> Int4,
    }
}

diesel::table! {
    book_author (book_id, author_id, role) {
        book_id -> Int8,
        author_id -> Int8,
        #[max_length = 20]
        role -> Varchar,
        credit_order -> Int2,
    }
}

diesel::table! {
    category (id) {
        id -> Int4,
        parent_id -> Nullable<Int4>,
        #[max_length = 60]
        slug -> Varchar,
        #[max_length = 120]
        name -> Varchar,
        position -> Int4,
    }
}

diesel::table! {
    customer (id) {
        id -> Int8,
        public_id -> Uuid,
        #[max_length = 254]
        email -> Varchar,
        #[max_length = 200]
        full_name -> Varchar,
        #[max_length = 12]
        status -> Varchar,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    customer_order (id) {
        id -> Int8,
        #[max_length = 20]
        order_number -> Varchar,
        customer_id -> Int8,
        billing_address_id -> Int8,
        shipping_address_id -> Nullable<Int8>,
        #[max_length = 12]
        status -> Varchar,
        #[max_length = 3]
        currency -> Bpchar,
        discount_rate -> Numeric,
        shipping_fee -> Numeric,
        note -> Nullable<Text>,
        created_at -> Timestamptz,
        placed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    customer_profile (customer_id) {
        customer_id -> Int8,
        date_of_birth -> Nullable<Date>,
        #[max_length = 32]
        phone -> Nullable<Varchar>,
        #[max_length = 10]
        locale -> Varchar,
        newsletter -> Bool,
        loyalty_points -> Int4,
        preferences -> Jsonb,
        avatar -> Nullable<Bytea>,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    order_line (order_id, line_no) {
        order_id -> Int8,
        line_no -> Int2,
        book_id -> Int8,
        quantity -> Int4,
        unit_price -> Numeric,
        line_total -> Numeric,
        gift_wrap -> Bool,
    }
}

diesel::table! {
    publisher (id) {
        id -> Int8,
        #[max_length = 200]
        name -> Varchar,
        #[max_length = 2]
        country -> Bpchar,
        #[max_length = 500]
        website -> Nullable<Varchar>,
    }
}

diesel::table! {
    review (id) {
        id -> Int8,
        book_id -> Int8,
        customer_id -> Int8,
        rating -> Int2,
        #[max_length = 120]
        headline -> Nullable<Varchar>,
        body -> Nullable<Text>,
        #[max_length = 12]
        status -> Varchar,
        helpful_votes -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    series (id) {
        id -> Int8,
        #[max_length = 300]
        title -> Varchar,
        planned_volumes -> Nullable<Int2>,
    }
}

diesel::table! {
    shipment (id) {
        id -> Int8,
        order_id -> Int8,
        #[max_length = 40]
        carrier -> Varchar,
        #[max_length = 64]
        tracking_code -> Nullable<Varchar>,
        #[max_length = 12]
        status -> Varchar,
        weight_kg -> Nullable<Numeric>,
        shipped_at -> Nullable<Timestamptz>,
        delivered_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    shipment_line (shipment_id, order_id, line_no) {
        shipment_id -> Int8,
        order_id -> Int8,
        line_no -> Int2,
        quantity -> Int4,
    }
}

diesel::table! {
    stock_level (book_id, warehouse) {
        book_id -> Int8,
        #[max_length = 20]
        warehouse -> Varchar,
        on_hand -> Int4,
        reserved -> Int4,
        #[max_length = 20]
        shelf -> Nullable<Varchar>,
        counted_at -> Timestamptz,
    }
}

diesel::joinable!(book -> publisher (publisher_id));

diesel::allow_tables_to_appear_in_same_query!(address, author, book, publisher,);
