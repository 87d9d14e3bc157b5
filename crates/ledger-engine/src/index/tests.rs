//! What an event is found by.

use super::*;
use ledger_core::event::{AccountOpened, EventBody};
use ledger_core::{
    AccountKind, AwardId, BusinessDate, ClassId, Division, Fen, FundSource, OrderId, PersonKey,
    Posting, Side,
};
use ledger_log::postings::{decode_edges, decode_positions};
use std::convert::Infallible;

fn holder() -> AccountKey {
    AccountKey {
        division: Division::new(370_100).unwrap(),
        fund: FundSource::SpecialAccount,
    }
}

fn ledger_account(kind: AccountKind, fiscal_year: u16) -> LedgerAccount {
    LedgerAccount {
        holder: holder(),
        kind,
        fiscal_year,
    }
}

fn event(tags: Vec<Tag>, causes: &[u64], posted: &[AccountKind]) -> Event {
    let postings = posted.iter().map(|kind| Posting {
        account: ledger_account(*kind, 0),
        side: Side::Debit,
        amount: Fen::new(1),
        balance_after: Fen::new(1),
    });
    Event {
        occurred_on: BusinessDate::from_ymd(2021, 5, 1).unwrap(),
        causes: causes.iter().copied().map(Position::new).collect(),
        policy: None,
        tags,
        postings: postings.collect(),
        body: EventBody::AccountOpened(AccountOpened { account: holder() }),
    }
}

#[test]
fn tags_have_permanent_keys_or_none() {
    let class = Tag::Class(ClassId::from_bytes([7; 16]));
    let mut expected = vec![0x02, 16];
    expected.extend([7; 16]);
    expected.extend(258_u64.to_be_bytes());
    assert_eq!(tag_key(&class, Position::new(258)), Some(expected));
    assert_eq!(
        tag_prefix(&Tag::Division(Division::new(370_100).unwrap())),
        Some(vec![0x0A, 4, 0, 5, 0xA5, 0xB4]),
    );
    assert_eq!(
        tag_prefix(&Tag::Account(holder())),
        Some(vec![
            0x05,
            5,
            0,
            5,
            0xA5,
            0xB4,
            FundSource::SpecialAccount.number()
        ]),
    );
    let ledger = Tag::LedgerAccount(ledger_account(AccountKind::Expenditure, 2021));
    let fund = FundSource::SpecialAccount.number();
    let key = vec![0x0B, 8, 0, 5, 0xA5, 0xB4, fund, 5, 0x07, 0xE5];
    assert_eq!(tag_prefix(&ledger), Some(key));
    let named = |kind: u8, id: [u8; 16]| [&[kind, 16][..], &id].concat();
    assert_eq!(
        tag_prefix(&Tag::Award(AwardId::from_bytes([8; 16]))),
        Some(named(0x0C, [8; 16]))
    );
    assert_eq!(
        tag_prefix(&Tag::Order(OrderId::from_bytes([9; 16]))),
        Some(named(0x0D, [9; 16]))
    );
    assert_eq!(
        tag_prefix(&Tag::Person(PersonKey::from_bytes([7; 16]))),
        None
    );
}

#[test]
fn a_block_gets_one_entry_per_tag_and_one_per_cause_block() {
    let class = Tag::Class(ClassId::from_bytes([1; 16]));
    let person = Tag::Person(PersonKey::from_bytes([2; 16]));
    // Blocks begin at 1, 10 and 100; the one at 100 is being indexed.
    let block_of = |position: Position| {
        Ok::<_, Infallible>(Position::new(if position.get() < 10 { 1 } else { 10 }))
    };
    let mut index = BlockIndex::new(Position::new(100));
    let events = [
        event(vec![class, person], &[3, 12], &[]),
        event(
            vec![class],
            &[3, 100],
            &[AccountKind::Cash, AccountKind::Accrual],
        ),
        event(vec![person], &[], &[AccountKind::Cash]),
    ];
    for (offset, event) in (0..).zip(&events) {
        index
            .add(Position::new(100 + offset), event, block_of)
            .unwrap();
    }
    let mut ops = Vec::new();
    index.finish(&mut ops);

    let tagged = |tag: Tag| {
        let key = tag_key(&tag, Position::new(100)).unwrap();
        let op = ops
            .iter()
            .find(|op| op.space == Space::TagIndex && op.key == key)
            .unwrap();
        let positions = decode_positions(Position::new(100), op.value.as_ref().unwrap()).unwrap();
        positions
            .iter()
            .map(|position| position.get())
            .collect::<Vec<_>>()
    };
    assert_eq!(tagged(class), [100, 101]);
    assert_eq!(tagged(Tag::Account(holder())), [101, 102]);
    assert_eq!(
        tagged(Tag::LedgerAccount(ledger_account(AccountKind::Cash, 0))),
        [101, 102]
    );
    assert_eq!(
        tagged(Tag::LedgerAccount(ledger_account(AccountKind::Accrual, 0))),
        [101]
    );

    let rest_on = |cause_block: u64| {
        let key = keys::effect(Position::new(cause_block), Position::new(100));
        let op = ops
            .iter()
            .find(|op| op.space == Space::EffectIndex && op.key == key)
            .unwrap();
        let edges = decode_edges(op.value.as_ref().unwrap()).unwrap();
        edges
            .iter()
            .map(|edge| (edge.cause, edge.effect))
            .collect::<Vec<_>>()
    };
    assert_eq!(rest_on(1), [(2, 0), (2, 1)]);
    assert_eq!(rest_on(10), [(2, 0)]);
    assert_eq!(rest_on(100), [(0, 1)]);
    assert_eq!(ops.len(), 4 + 3, "persons are not indexed");
    assert!(ops.iter().map(|op| (op.space, &op.key)).is_sorted());
}
