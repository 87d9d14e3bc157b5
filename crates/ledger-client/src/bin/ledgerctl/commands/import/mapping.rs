//! Which column or value each field of a line comes from.

use std::borrow::Cow;

use ledger_client::reading::cells::unseen;
use ledger_core::personal_data::{PersonalData, find_in_text};

use super::fields::{Kind, NUMBER};

/// Where the fields of a line come from, in the order of [`Kind::fields`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mapping {
    kind: Kind,
    origins: Vec<Origin>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Origin {
    /// The column with this index.
    Column(usize),
    /// The same on every line.
    Value(String),
}

/// Why a mapping makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum MappingError {
    /// The text has no equals sign.
    #[error("{0} is not of the form FIELD=COLUMN or FIELD=VALUE")]
    Shape(String),
    /// The text holds what nobody can see.
    #[error("in --map or --set: {0}")]
    Unseen(String),
    /// The text holds what no command line may.
    #[error(
        "--map or --set holds {0}: a certificate number stands in the column of the field number, \
         and any other personal data nowhere"
    )]
    PersonalData(PersonalData),
    /// The lines have no such field.
    #[error("{kind} have no field {field}; there are {fields}")]
    UnknownField {
        /// What is imported.
        kind: &'static str,
        /// The field.
        field: String,
        /// The fields that there are.
        fields: String,
    },
    /// A field comes from two places.
    #[error("the field {0} is given twice")]
    Twice(&'static str),
    /// The header has no such column.
    #[error("the file has no column {column}; there are {columns}")]
    UnknownColumn {
        /// The column.
        column: String,
        /// The columns that there are.
        columns: String,
    },
    /// The header names a column twice.
    #[error("the file has two columns {0}")]
    ColumnTwice(String),
    /// Nothing says where a required field comes from.
    #[error("nothing says where the field {0} comes from: add --map {0}=COLUMN or --set {0}=VALUE")]
    Missing(&'static str),
}

impl Mapping {
    /// A mapping from `FIELD=COLUMN` and `FIELD=VALUE`; a field of which neither is said comes
    /// from the column of the same name.
    ///
    /// # Errors
    ///
    /// Names the first field or column that is wrong.
    pub(super) fn new(
        kind: Kind,
        header: &[String],
        columns: &[String],
        values: &[String],
    ) -> Result<Self, MappingError> {
        let mut given: Vec<(&'static str, Origin)> = Vec::new();
        for text in columns {
            let (field, column) = split(kind, text)?;
            given.push((field, Origin::Column(find(header, column)?)));
        }
        for text in values {
            let (field, value) = split(kind, text)?;
            given.push((field, Origin::Value(value.to_owned())));
        }
        let mut origins = Vec::with_capacity(kind.fields().len());
        for field in kind.fields() {
            let mut found = given.iter().filter(|(name, _)| *name == field.name);
            let origin = match (found.next(), found.next()) {
                (Some(_), Some(_)) => return Err(MappingError::Twice(field.name)),
                (Some((_, origin)), None) => origin.clone(),
                (None, _) if header.iter().any(|name| name == field.name) => {
                    Origin::Column(find(header, field.name)?)
                }
                (None, _) => match field.default {
                    Some(default) => Origin::Value(default.to_owned()),
                    None => return Err(MappingError::Missing(field.name)),
                },
            };
            origins.push(origin);
        }
        Ok(Self { kind, origins })
    }

    /// What the lines are.
    pub(super) const fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether a field comes from this column.
    pub(super) fn takes(&self, column: usize) -> bool {
        self.origins.contains(&Origin::Column(column))
    }

    /// The column that certificate numbers come from: there alone they may contain an identity
    /// number.
    pub(super) fn number_column(&self) -> Option<usize> {
        let mut origins = self.kind.fields().iter().zip(&self.origins);
        origins.find_map(|(field, origin)| match origin {
            Origin::Column(index) if field.name == NUMBER => Some(*index),
            Origin::Column(_) | Origin::Value(_) => None,
        })
    }

    /// Where each field comes from, as text: the column by its name.
    pub(super) fn describe(&self, header: &[String]) -> Vec<String> {
        let fields = self.kind.fields().iter().zip(&self.origins);
        let describe = fields.map(|(field, origin)| match origin {
            Origin::Column(index) => {
                let column = header.get(*index).map_or("", String::as_str);
                format!("{}<{column}", field.name)
            }
            Origin::Value(value) => format!("{}={value}", field.name),
        });
        describe.collect()
    }

    /// The values of the fields of a line.
    ///
    /// White space around a cell is no part of its value.
    pub(super) fn values<'line>(&'line self, cells: &'line [Cow<'_, str>]) -> Vec<&'line str> {
        let value = |origin: &'line Origin| match origin {
            Origin::Column(index) => cells.get(*index).map_or("", |cell| cell.trim()),
            Origin::Value(value) => value.as_str(),
        };
        self.origins.iter().map(value).collect()
    }
}

fn split(kind: Kind, text: &str) -> Result<(&'static str, &str), MappingError> {
    if let Some(unseen) = unseen(text) {
        return Err(MappingError::Unseen(unseen));
    }
    let parts = text.split_once('=');
    if let Some(found) = find_in_text(parts.map_or(text, |(_, rest)| rest)) {
        return Err(MappingError::PersonalData(found));
    }
    let (name, rest) = parts.ok_or_else(|| MappingError::Shape(text.to_owned()))?;
    let names = || kind.fields().iter().map(|field| field.name);
    let field = names()
        .find(|field| *field == name)
        .ok_or_else(|| MappingError::UnknownField {
            kind: kind.name(),
            field: name.to_owned(),
            fields: names().collect::<Vec<_>>().join(", "),
        })?;
    Ok((field, rest))
}

fn find(header: &[String], column: &str) -> Result<usize, MappingError> {
    let mut found = header
        .iter()
        .enumerate()
        .filter(|(_, name)| *name == column);
    match (found.next(), found.next()) {
        (Some((index, _)), None) => Ok(index),
        (Some(_), Some(_)) => Err(MappingError::ColumnTwice(column.to_owned())),
        (None, _) => Err(MappingError::UnknownColumn {
            column: column.to_owned(),
            columns: header.join(", "),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn fields_come_from_columns_values_and_defaults() {
        let header = strings(&["key", "class", "证书编号", "date", "evaluator"]);
        let columns = strings(&["person=key", "number=证书编号", "issued-on=date"]);
        let values = strings(&["occurred-on=2021-03-01"]);
        let mapping = Mapping::new(Kind::Certificates, &header, &columns, &values).unwrap();
        let line = ["P ", "C", "N", "\tD", "E"].map(Cow::Borrowed);
        let found = mapping.values(&line);
        assert_eq!(
            found,
            ["2021-03-01", "C", "P", "N", "E", "D", "skill-level"]
        );
    }

    #[test]
    fn a_wrong_mapping_is_explained() {
        let header = ["class", "person", "key", "key"];
        for (columns, values, expected) in [
            (
                &["person"][..],
                &[][..],
                "person is not of the form FIELD=COLUMN or FIELD=VALUE",
            ),
            (
                &["person=k\u{200b}ey"],
                &[],
                "in --map or --set: character 9 is U+200B, which cannot be seen: remove it",
            ),
            (
                &[],
                &["person=T370199199001010019"],
                "--map or --set holds a citizen's identity number: a certificate number stands in \
                 the column of the field number, and any other personal data nowhere",
            ),
            (
                &["370199199001010019"],
                &[],
                "--map or --set holds a citizen's identity number: a certificate number stands in \
                 the column of the field number, and any other personal data nowhere",
            ),
            (
                &["name=key"],
                &[],
                "enrolments have no field name; there are occurred-on, class, person",
            ),
            (
                &["person=colour"],
                &[],
                "the file has no column colour; there are class, person, key, key",
            ),
            (&["person=key"], &[], "the file has two columns key"),
            (
                &["person=person"],
                &["person=x", "occurred-on=2021-03-01"],
                "the field person is given twice",
            ),
            (
                &[],
                &[],
                "nothing says where the field occurred-on comes from: add --map \
                 occurred-on=COLUMN or --set occurred-on=VALUE",
            ),
        ] {
            let found = Mapping::new(
                Kind::Enrolments,
                &strings(&header),
                &strings(columns),
                &strings(values),
            );
            assert_eq!(found.unwrap_err().to_string(), expected);
        }
    }
}
