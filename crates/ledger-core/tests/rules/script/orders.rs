//! The verbs of orders: `raise`, `list`, `select`, `accept`, `purchase`, `cancel`.

use ledger_core::command::{
    AcceptOrder, CancelOrder, CommandBody, ListOrder, PurchaseOrder, RaiseOrder, SelectOrder,
};
use ledger_core::event::OrderRaisedBy;
use ledger_core::{Division, OrderId};

use super::Line;
use super::names::{id, institution, level, names, note, occupation, person, reference};

/// `raise O1 by=A places=2`, `raise O1 by=body:X1`, `select O1 A,B`, `accept O1 I1`.
pub(super) fn bodies(line: &Line<'_>) -> Vec<CommandBody> {
    let a = line.arguments.as_slice();
    let order = OrderId::from_bytes(id(a[0]));
    let get = |name: &str, default| line.options.get(name).copied().unwrap_or(default);
    vec![match line.verb {
        "raise" => CommandBody::RaiseOrder(RaiseOrder {
            order,
            division: Division::parse(get("division", "370100")).unwrap(),
            raised_by: match get("by", "A").strip_prefix("body:") {
                Some(name) => OrderRaisedBy::Enterprise(institution(name)),
                None => OrderRaisedBy::Person(person(get("by", "A"))),
            },
            occupation: occupation(get("occupation", "4-10-01-05")),
            level: level(get("level", "junior")),
            headcount: get("places", "40").parse().unwrap(),
        }),
        "list" => CommandBody::ListOrder(ListOrder { order }),
        "select" => {
            let select = |name: &String| {
                let person = person(name);
                CommandBody::SelectOrder(SelectOrder { order, person })
            };
            return names(a[1]).iter().map(select).collect();
        }
        "accept" => CommandBody::AcceptOrder(AcceptOrder {
            order,
            institution: institution(a[1]),
        }),
        "purchase" => CommandBody::PurchaseOrder(PurchaseOrder {
            order,
            contract_number: reference(),
        }),
        _ => CommandBody::CancelOrder(CancelOrder {
            order,
            reason: note(),
        }),
    }]
}
