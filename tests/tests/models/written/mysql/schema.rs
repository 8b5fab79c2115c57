// @generated automatically by Diesel CLI.

pub mod sql_types {
    #[derive(diesel::query_builder::QueryId, Clone, diesel::sql_types::SqlType)]
    #[diesel(mysql_type(name = "Enum"))]
    pub struct BookFormatEnum;
}

diesel::table! {
    address (id) {
        id -> Bigint,
        customer_id -> Bigint,
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
        country -> Char,
        is_default -> Bool,
    }
}

diesel::table! {
    author (id) {
        id -> Bigint,
        #[max_length = 100]
        given_name -> Nullable<Varchar>,
        #[max_length = 100]
        family_name -> Varchar,
        #[max_length = 202]
        sort_name -> Nullable<Varchar>,
        born_in -> Nullable<Smallint>,
        biography -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::BookFormatEnum;

    book (id) {
        id -> Bigint,
        #[max_length = 13]
        isbn -> Varchar,
        #[max_length = 300]
        title -> Varchar,
        #[max_length = 300]
        subtitle -> Nullable<Varchar>,
        format -> BookFormatEnum,
        publisher_id -> Bigint,
        category_id -> Integer,
        series_id -> Nullable<Bigint>,
        volume -> Nullable<Smallint>,
        #[max_length = 2]
        language -> Char,
        page_count -> Nullable<Integer>,
        published_on -> Nullable<Date>,
        price -> Decimal,
        available -> Bool,
        tags -> Json,
        attributes -> Json,
        created_at -> Datetime,
        updated_at -> Datetime,
        reorder_level -> Integer,
    }
}

diesel::table! {
    book_author (book_id, author_id, role) {
        book_id -> Bigint,
        author_id -> Bigint,
        #[max_length = 20]
        role -> Varchar,
        credit_order -> Smallint,
    }
}

diesel::table! {
    category (id) {
        id -> Integer,
        parent_id -> Nullable<Integer>,
        #[max_length = 60]
        slug -> Varchar,
        #[max_length = 120]
        name -> Varchar,
        position -> Integer,
    }
}

diesel::table! {
    customer (id) {
        id -> Bigint,
        #[max_length = 36]
        public_id -> Char,
        #[max_length = 254]
        email -> Varchar,
        #[max_length = 200]
        full_name -> Varchar,
        #[max_length = 12]
        status -> Varchar,
        created_at -> Datetime,
        updated_at -> Datetime,
    }
}

diesel::table! {
    customer_order (id) {
        id -> Bigint,
        #[max_length = 20]
        order_number -> Varchar,
        customer_id -> Bigint,
        billing_address_id -> Bigint,
        shipping_address_id -> Nullable<Bigint>,
        #[max_length = 12]
        status -> Varchar,
        #[max_length = 3]
        currency -> Char,
        discount_rate -> Decimal,
        shipping_fee -> Decimal,
        note -> Nullable<Text>,
        created_at -> Datetime,
        placed_at -> Nullable<Datetime>,
    }
}

diesel::table! {
    customer_profile (customer_id) {
        customer_id -> Bigint,
        date_of_birth -> Nullable<Date>,
        #[max_length = 32]
        phone -> Nullable<Varchar>,
        #[max_length = 10]
        locale -> Varchar,
        newsletter -> Bool,
        loyalty_points -> Integer,
        preferences -> Json,
        avatar -> Nullable<Mediumblob>,
        updated_at -> Datetime,
    }
}

diesel::table! {
    order_line (order_id, line_no) {
        order_id -> Bigint,
        line_no -> Smallint,
        book_id -> Bigint,
        quantity -> Integer,
        unit_price -> Decimal,
        line_total -> Nullable<Decimal>,
        gift_wrap -> Bool,
    }
}

diesel::table! {
    publisher (id) {
        id -> Bigint,
        #[max_length = 200]
        name -> Varchar,
        #[max_length = 2]
        country -> Char,
        #[max_length = 500]
        website -> Nullable<Varchar>,
    }
}

diesel::table! {
    review (id) {
        id -> Bigint,
        book_id -> Bigint,
        customer_id -> Bigint,
        rating -> Smallint,
        #[max_length = 120]
        headline -> Nullable<Varchar>,
        body -> Nullable<Text>,
        #[max_length = 12]
        status -> Varchar,
        helpful_votes -> Integer,
        created_at -> Datetime,
    }
}

diesel::table! {
    series (id) {
        id -> Bigint,
        #[max_length = 300]
        title -> Varchar,
        planned_volumes -> Nullable<Smallint>,
    }
}

diesel::table! {
    shipment (id) {
        id -> Bigint,
        order_id -> Bigint,
        #[max_length = 40]
        carrier -> Varchar,
        #[max_length = 64]
        tracking_code -> Nullable<Varchar>,
        #[max_length = 12]
        status -> Varchar,
        weight_kg -> Nullable<Decimal>,
        shipped_at -> Nullable<Datetime>,
        delivered_at -> Nullable<Datetime>,
    }
}

diesel::table! {
    shipment_line (shipment_id, order_id, line_no) {
        shipment_id -> Bigint,
        order_id -> Bigint,
        line_no -> Smallint,
        quantity -> Integer,
    }
}

diesel::table! {
    stock_level (book_id, warehouse) {
        book_id -> Bigint,
        #[max_length = 20]
        warehouse -> Varchar,
        on_hand -> Integer,
        reserved -> Integer,
        #[max_length = 20]
        shelf -> Nullable<Varchar>,
        counted_at -> Datetime,
    }
}

diesel::joinable!(book -> publisher (publisher_id));

diesel::allow_tables_to_appear_in_same_query!(address, author, book, publisher,);
