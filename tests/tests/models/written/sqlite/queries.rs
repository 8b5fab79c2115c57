//! Structures for diesel.
use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::schema::*;

#[derive(Debug, Clone, Queryable, Selectable, Identifiable)]
#[diesel(table_name = address)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
pub struct Address {
    pub id: i32,
    pub customer_id: i64,
    #[diesel(column_name = type_)]
    pub kind: String,
    pub recipient: String,
    pub street: String,
    pub extra: Option<String>,
    pub postcode: String,
    pub city: String,
    pub country: String,
    pub is_default: bool,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = crate::schema::address)]
pub struct NewAddress {
    pub customer_id: i64,
    #[diesel(column_name = type_)]
    pub kind: Option<String>,
    pub recipient: String,
    pub street: String,
    pub extra: Option<String>,
    pub postcode: String,
    pub city: String,
    pub country: String,
    pub is_default: Option<bool>,
}

#[derive(Debug, AsChangeset)]
#[diesel(table_name = address)]
pub struct AddressChanges {
    pub customer_id: Option<i64>,
    #[diesel(column_name = type_)]
    pub kind: Option<String>,
    pub recipient: Option<String>,
    pub street: Option<String>,
    pub extra: Option<String>,
    pub postcode: Option<String>,
    pub city: Option<String>,
    pub country: Option<String>,
    pub is_default: Option<bool>,
}

#[derive(Debug, Clone, Queryable, Selectable, Identifiable)]
#[diesel(table_name = author)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
pub struct Author {
    pub id: i32,
    pub given_name: Option<String>,
    pub family_name: String,
    pub sort_name: String,
    pub born_in: Option<i16>,
    pub biography: Option<String>,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = crate::schema::author)]
pub struct NewAuthor {
    pub given_name: Option<String>,
    pub family_name: String,
    pub born_in: Option<i16>,
    pub biography: Option<String>,
}

#[derive(Debug, AsChangeset)]
#[diesel(table_name = author)]
pub struct AuthorChanges {
    pub given_name: Option<String>,
    pub family_name: Option<String>,
    pub born_in: Option<i16>,
    pub biography: Option<String>,
}

#[derive(Debug, Clone, Queryable, Selectable, Identifiable)]
#[diesel(table_name = book)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
pub struct Book {
    pub id: i32,
    pub isbn: String,
    pub title: String,
    pub subtitle: Option<String>,
    pub format: String,
    pub publisher_id: i64,
    pub category_id: i32,
    pub series_id: Option<i64>,
    pub volume: Option<i16>,
    pub language: String,
    pub page_count: Option<i32>,
    pub published_on: Option<NaiveDate>,
    pub price: f64,
    pub available: bool,
    pub tags: serde_json::Value,
    pub attributes: serde_json::Value,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
    pub reorder_level: i32,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = crate::schema::book)]
pub struct NewBook {
    pub isbn: String,
    pub title: String,
    pub subtitle: Option<String>,
    pub format: String,
    pub publisher_id: i64,
    pub category_id: i32,
    pub series_id: Option<i64>,
    pub volume: Option<i16>,
    pub language: Option<String>,
    pub page_count: Option<i32>,
    pub published_on: Option<NaiveDate>,
    pub price: f64,
    pub available: Option<bool>,
    pub tags: Option<serde_json::Value>,
    pub attributes: Option<serde_json::Value>,
    pub created_at: Option<NaiveDateTime>,
    pub updated_at: Option<NaiveDateTime>,
    pub reorder_level: Option<i32>,
}

#[derive(Debug, AsChangeset)]
#[diesel(table_name = book)]
pub struct BookChanges {
    pub isbn: Option<String>,
    pub title: Option<String>,
    pub subtitle: Option<String>,
    pub format: Option<String>,
    pub publisher_id: Option<i64>,
    pub category_id: Option<i32>,
    pub series_id: Option<i64>,
    pub volume: Option<i16>,
    pub language: Option<String>,
    pub page_count: Option<i32>,
    pub published_on: Option<NaiveDate>,
    pub price: Option<f64>,
    pub available: Option<bool>,
    pub tags: Option<serde_json::Value>,
    pub attributes: Option<serde_json::Value>,
    pub created_at: Option<NaiveDateTime>,
    pub updated_at: Option<NaiveDateTime>,
    pub reorder_level: Option<i32>,
}

#[derive(Debug, Clone, Queryable, Selectable, Identifiable)]
#[diesel(table_name = book_author)]
#[diesel(primary_key(book_id, author_id, role))]
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
pub struct BookAuthor {
    pub book_id: i64,
    pub author_id: i64,
    pub role: String,
    pub credit_order: i16,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = crate::schema::book_author)]
pub struct NewBookAuthor {
    pub book_id: i64,
    pub author_id: i64,
    pub role: Option<String>,
    pub credit_order: Option<i16>,
}

#[derive(Debug, AsChangeset)]
#[diesel(table_name = book_author)]
pub struct BookAuthorChanges {
    pub book_id: Option<i64>,
    pub author_id: Option<i64>,
    pub role: Option<String>,
    pub credit_order: Option<i16>,
}

#[derive(Debug, Clone, Queryable, Selectable, Identifiable)]
#[diesel(table_name = category)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
pub struct Category {
    pub id: i32,
    pub parent_id: Option<i32>,
    pub slug: String,
    pub name: String,
    pub position: i32,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = crate::schema::category)]
pub struct NewCategory {
    pub parent_id: Option<i32>,
    pub slug: String,
    pub name: String,
    pub position: Option<i32>,
}

#[derive(Debug, AsChangeset)]
#[diesel(table_name = category)]
pub struct CategoryChanges {
    pub parent_id: Option<i32>,
    pub slug: Option<String>,
    pub name: Option<String>,
    pub position: Option<i32>,
}

#[derive(Debug, Clone, Queryable, Selectable, Identifiable)]
#[diesel(table_name = customer)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
pub struct Customer {
    pub id: i32,
    pub public_id: String,
    pub email: String,
    pub full_name: String,
    pub status: String,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = crate::schema::customer)]
pub struct NewCustomer {
    pub public_id: Option<String>,
    pub email: String,
    pub full_name: String,
    pub status: Option<String>,
    pub created_at: Option<NaiveDateTime>,
    pub updated_at: Option<NaiveDateTime>,
}

#[derive(Debug, AsChangeset)]
#[diesel(table_name = customer)]
pub struct CustomerChanges {
    pub public_id: Option<String>,
    pub email: Option<String>,
    pub full_name: Option<String>,
    pub status: Option<String>,
    pub created_at: Option<NaiveDateTime>,
    pub updated_at: Option<NaiveDateTime>,
}

#[derive(Debug, Clone, Queryable, Selectable, Identifiable)]
#[diesel(table_name = customer_order)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
pub struct CustomerOrder {
    pub id: i32,
    pub order_number: String,
    pub customer_id: i64,
    pub billing_address_id: i64,
    pub shipping_address_id: Option<i64>,
    pub status: String,
    pub currency: String,
    pub discount_rate: f64,
    pub shipping_fee: f64,
    pub note: Option<String>,
    pub created_at: NaiveDateTime,
    pub placed_at: Option<NaiveDateTime>,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = crate::schema::customer_order)]
pub struct NewCustomerOrder {
    pub order_number: String,
    pub customer_id: i64,
    pub billing_address_id: i64,
    pub shipping_address_id: Option<i64>,
    pub status: Option<String>,
    pub currency: Option<String>,
    pub discount_rate: Option<f64>,
    pub shipping_fee: Option<f64>,
    pub note: Option<String>,
    pub created_at: Option<NaiveDateTime>,
    pub placed_at: Option<NaiveDateTime>,
}

#[derive(Debug, AsChangeset)]
#[diesel(table_name = customer_order)]
pub struct CustomerOrderChanges {
    pub order_number: Option<String>,
    pub customer_id: Option<i64>,
    pub billing_address_id: Option<i64>,
    pub shipping_address_id: Option<i64>,
    pub status: Option<String>,
    pub currency: Option<String>,
    pub discount_rate: Option<f64>,
    pub shipping_fee: Option<f64>,
    pub note: Option<String>,
    pub created_at: Option<NaiveDateTime>,
    pub placed_at: Option<NaiveDateTime>,
}

#[derive(Debug, Clone, Queryable, Selectable, Identifiable)]
#[diesel(table_name = customer_profile)]
#[diesel(primary_key(customer_id))]
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
pub struct CustomerProfile {
    pub customer_id: i64,
    pub date_of_birth: Option<NaiveDate>,
    pub phone: Option<String>,
    pub locale: String,
    pub newsletter: bool,
    pub loyalty_points: i32,
    pub preferences: serde_json::Value,
    pub avatar: Option<Vec<u8>>,
    pub updated_at: NaiveDateTime,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = crate::schema::customer_profile)]
pub struct NewCustomerProfile {
    pub customer_id: i64,
    pub date_of_birth: Option<NaiveDate>,
    pub phone: Option<String>,
    pub locale: Option<String>,
    pub newsletter: Option<bool>,
    pub loyalty_points: Option<i32>,
    pub preferences: Option<serde_json::Value>,
    pub avatar: Option<Vec<u8>>,
    pub updated_at: Option<NaiveDateTime>,
}

#[derive(Debug, AsChangeset)]
#[diesel(table_name = customer_profile)]
pub struct CustomerProfileChanges {
    pub customer_id: Option<i64>,
    pub date_of_birth: Option<NaiveDate>,
    pub phone: Option<String>,
    pub locale: Option<String>,
    pub newsletter: Option<bool>,
    pub loyalty_points: Option<i32>,
    pub preferences: Option<serde_json::Value>,
    pub avatar: Option<Vec<u8>>,
    pub updated_at: Option<NaiveDateTime>,
}

#[derive(Debug, Clone, Queryable, Selectable, Identifiable)]
#[diesel(table_name = order_line)]
#[diesel(primary_key(order_id, line_no))]
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
pub struct OrderLine {
    pub order_id: i64,
    pub line_no: i16,
    pub book_id: i64,
    pub quantity: i32,
    pub unit_price: f64,
    pub line_total: f64,
    pub gift_wrap: bool,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = crate::schema::order_line)]
pub struct NewOrderLine {
    pub order_id: i64,
    pub line_no: i16,
    pub book_id: i64,
    pub quantity: Option<i32>,
    pub unit_price: f64,
    pub gift_wrap: Option<bool>,
}

#[derive(Debug, AsChangeset)]
#[diesel(table_name = order_line)]
pub struct OrderLineChanges {
    pub order_id: Option<i64>,
    pub line_no: Option<i16>,
    pub book_id: Option<i64>,
    pub quantity: Option<i32>,
    pub unit_price: Option<f64>,
    pub gift_wrap: Option<bool>,
}

#[derive(Debug, Clone, Queryable, Selectable, Identifiable)]
#[diesel(table_name = publisher)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
pub struct Publisher {
    pub id: i32,
    pub name: String,
    pub country: String,
    pub website: Option<String>,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = crate::schema::publisher)]
pub struct NewPublisher {
    pub name: String,
    pub country: String,
    pub website: Option<String>,
}

#[derive(Debug, AsChangeset)]
#[diesel(table_name = publisher)]
pub struct PublisherChanges {
    pub name: Option<String>,
    pub country: Option<String>,
    pub website: Option<String>,
}

#[derive(Debug, Clone, Queryable, Selectable, Identifiable)]
#[diesel(table_name = review)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
pub struct Review {
    pub id: i32,
    pub book_id: i64,
    pub customer_id: i64,
    pub rating: i16,
    pub headline: Option<String>,
    pub body: Option<String>,
    pub status: String,
    pub helpful_votes: i32,
    pub created_at: NaiveDateTime,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = crate::schema::review)]
pub struct NewReview {
    pub book_id: i64,
    pub customer_id: i64,
    pub rating: i16,
    pub headline: Option<String>,
    pub body: Option<String>,
    pub status: Option<String>,
    pub helpful_votes: Option<i32>,
    pub created_at: Option<NaiveDateTime>,
}

#[derive(Debug, AsChangeset)]
#[diesel(table_name = review)]
pub struct ReviewChanges {
    pub book_id: Option<i64>,
    pub customer_id: Option<i64>,
    pub rating: Option<i16>,
    pub headline: Option<String>,
    pub body: Option<String>,
    pub status: Option<String>,
    pub helpful_votes: Option<i32>,
    pub created_at: Option<NaiveDateTime>,
}

#[derive(Debug, Clone, Queryable, Selectable, Identifiable)]
#[diesel(table_name = series)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
pub struct Series {
    pub id: i32,
    pub title: String,
    pub planned_volumes: Option<i16>,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = crate::schema::series)]
pub struct NewSeries {
    pub title: String,
    pub planned_volumes: Option<i16>,
}

#[derive(Debug, AsChangeset)]
#[diesel(table_name = series)]
pub struct SeriesChanges {
    pub title: Option<String>,
    pub planned_volumes: Option<i16>,
}

#[derive(Debug, Clone, Queryable, Selectable, Identifiable)]
#[diesel(table_name = shipment)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
pub struct Shipment {
    pub id: i32,
    pub order_id: i64,
    pub carrier: String,
    pub tracking_code: Option<String>,
    pub status: String,
    pub weight_kg: Option<f64>,
    pub shipped_at: Option<NaiveDateTime>,
    pub delivered_at: Option<NaiveDateTime>,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = crate::schema::shipment)]
pub struct NewShipment {
    pub order_id: i64,
    pub carrier: String,
    pub tracking_code: Option<String>,
    pub status: Option<String>,
    pub weight_kg: Option<f64>,
    pub shipped_at: Option<NaiveDateTime>,
    pub delivered_at: Option<NaiveDateTime>,
}

#[derive(Debug, AsChangeset)]
#[diesel(table_name = shipment)]
pub struct ShipmentChanges {
    pub order_id: Option<i64>,
    pub carrier: Option<String>,
    pub tracking_code: Option<String>,
    pub status: Option<String>,
    pub weight_kg: Option<f64>,
    pub shipped_at: Option<NaiveDateTime>,
    pub delivered_at: Option<NaiveDateTime>,
}

#[derive(Debug, Clone, Queryable, Selectable, Identifiable)]
#[diesel(table_name = shipment_line)]
#[diesel(primary_key(shipment_id, order_id, line_no))]
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
pub struct ShipmentLine {
    pub shipment_id: i64,
    pub order_id: i64,
    pub line_no: i16,
    pub quantity: i32,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = crate::schema::shipment_line)]
pub struct NewShipmentLine {
    pub shipment_id: i64,
    pub order_id: i64,
    pub line_no: i16,
    pub quantity: i32,
}

#[derive(Debug, AsChangeset)]
#[diesel(table_name = shipment_line)]
pub struct ShipmentLineChanges {
    pub shipment_id: Option<i64>,
    pub order_id: Option<i64>,
    pub line_no: Option<i16>,
    pub quantity: Option<i32>,
}

#[derive(Debug, Clone, Queryable, Selectable, Identifiable)]
#[diesel(table_name = stock_level)]
#[diesel(primary_key(book_id, warehouse))]
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
pub struct StockLevel {
    pub book_id: i64,
    pub warehouse: String,
    pub on_hand: i32,
    pub reserved: i32,
    pub shelf: Option<String>,
    pub counted_at: NaiveDateTime,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = crate::schema::stock_level)]
pub struct NewStockLevel {
    pub book_id: i64,
    pub warehouse: String,
    pub on_hand: Option<i32>,
    pub reserved: Option<i32>,
    pub shelf: Option<String>,
    pub counted_at: Option<NaiveDateTime>,
}

#[derive(Debug, AsChangeset)]
#[diesel(table_name = stock_level)]
pub struct StockLevelChanges {
    pub book_id: Option<i64>,
    pub warehouse: Option<String>,
    pub on_hand: Option<i32>,
    pub reserved: Option<i32>,
    pub shelf: Option<String>,
    pub counted_at: Option<NaiveDateTime>,
}
