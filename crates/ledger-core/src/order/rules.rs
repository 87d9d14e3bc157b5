//! Orders (五单式): raised, listed, selected, accepted, purchased, one step after the other
//! (2019–2021 action, 加强职业技能培训基础能力建设).
//!
//! A step refused for the state of its order names the event that bars it or, where a step is
//! missing, the last one on record.

use crate::command::{AcceptOrder, CancelOrder, ListOrder, PurchaseOrder, RaiseOrder, SelectOrder};
use crate::decide::{CommandPayload, Deciding, within};
use crate::entity::{Fact, Order};
use crate::event::{
    Event, EventBody, OrderAccepted, OrderCancelled, OrderListed, OrderPurchased, OrderRaised,
    OrderRaisedBy, OrderSelected,
};
use crate::institution::{Qualified, trains};
use crate::limits::CLASS_HEADCOUNT_MAX;
use crate::need::Need;
use crate::refusal::{Reason, Refusal};
use crate::{OrderId, PersonKey, Position};
use std::slice;

impl<'a> Deciding<'a> {
    /// 提单: by a registered worker or a registered body.
    pub(crate) fn raise_order(&self, c: &RaiseOrder) -> Result<Event, Refusal> {
        within(c.headcount, CLASS_HEADCOUNT_MAX, "headcount")?;
        let registered = match c.raised_by {
            OrderRaisedBy::Person(key) => self.person(key)?.registered,
            OrderRaisedBy::Enterprise(code) => self.institution(code)?.registered,
        };
        if let Some(existing) = self.context.orders.get(&c.order) {
            return Err(Refusal::new(Reason::OrderExists)
                .about(c.order)
                .because([existing.raised.position]));
        }
        let body = EventBody::OrderRaised(OrderRaised {
            order: c.order,
            division: c.division,
            raised_by: c.raised_by,
            occupation: c.occupation,
            level: c.level,
            headcount: c.headcount,
        });
        Ok(self.event(body, vec![registered]))
    }

    /// 列单: once.
    pub(crate) fn list_order(&self, c: &ListOrder) -> Result<Event, Refusal> {
        let order = self.order(c.order)?;
        self.not_before(order.raised.on, order.raised.position)?;
        let bars = order.cancelled.or(order.listed.map(position));
        not_barred(c.order, bars)?;
        let body = EventBody::OrderListed(OrderListed { order: c.order });
        Ok(self.event(body, vec![order.raised.position]))
    }

    /// 选单: each worker once, while the order is listed, not accepted yet and has places left.
    pub(crate) fn select_order(&self, c: &SelectOrder) -> Result<Event, Refusal> {
        let person = self.person(c.person)?;
        let order = self.order(c.order)?;
        let mut selections = order.selected.iter();
        if let Some((_, selected)) = selections.find(|(who, _)| *who == c.person) {
            return Err(Refusal::new(Reason::FactExists)
                .about(c.person)
                .because([selected.position]));
        }
        let last = order.listed.unwrap_or(order.raised);
        self.not_before(last.on, last.position)?;
        let accepted = order.accepted.map(|(_, accepted)| accepted.position);
        not_barred(c.order, order.cancelled.or(accepted))?;
        let listed = order
            .listed
            .ok_or_else(|| not_ready(c.order, last.position))?;
        let selected = u32::try_from(order.selected.len()).unwrap_or(u32::MAX);
        if selected >= order.headcount {
            return Err(not_ready(c.order, order.raised.position)
                .limit(i64::from(order.headcount), i64::from(selected)));
        }
        let body = EventBody::OrderSelected(OrderSelected {
            order: c.order,
            person: c.person,
        });
        Ok(self.event(body, vec![listed.position, person.registered]))
    }

    /// 接单: by a body qualified on the day for what the order asks for, once a worker selected it.
    pub(crate) fn accept_order(&self, c: &AcceptOrder) -> Result<Event, Refusal> {
        let institution = self.institution(c.institution)?;
        let order = self.order(c.order)?;
        let selections = order.selected.iter().map(|(_, selected)| *selected);
        let last = latest(order, selections.clone());
        self.not_before(last.on, last.position)?;
        let wanted = Qualified {
            occupation: order.occupation,
            level: order.level,
            first: self.on,
            last: self.on,
        };
        let qualified = trains(institution, wanted)?;
        let accepted = order.accepted.map(|(_, accepted)| accepted.position);
        not_barred(c.order, order.cancelled.or(accepted))?;
        let listed = order.listed.filter(|_| !order.selected.is_empty());
        let listed = listed.ok_or_else(|| not_ready(c.order, last.position))?;
        let body = EventBody::OrderAccepted(OrderAccepted {
            order: c.order,
            institution: c.institution,
        });
        let mut causes = vec![listed.position];
        causes.extend(selections.map(position));
        causes.extend(qualified);
        Ok(self.event(body, causes))
    }

    /// 买单: once the order is accepted, before or after a class rests on it.
    pub(crate) fn purchase_order(&self, c: &PurchaseOrder) -> Result<Event, Refusal> {
        let order = self.order(c.order)?;
        let last = before_purchase(order);
        self.not_before(last.on, last.position)?;
        let purchased = order.purchased.map(position);
        not_barred(c.order, order.cancelled.or(purchased))?;
        let (_, accepted) = order
            .accepted
            .ok_or_else(|| not_ready(c.order, last.position))?;
        let body = EventBody::OrderPurchased(OrderPurchased {
            order: c.order,
            contract_number: c.contract_number.clone(),
        });
        Ok(self.event(body, vec![accepted.position]))
    }

    /// An order ends at any step, as long as no class rests on it.
    pub(crate) fn cancel_order(&self, c: &CancelOrder) -> Result<Event, Refusal> {
        let order = self.order(c.order)?;
        let last = latest(
            order,
            order.purchased.into_iter().chain([before_purchase(order)]),
        );
        self.not_before(last.on, last.position)?;
        let resting = match order.class {
            Some(class) => Some(self.class(class)?.approved.position),
            None => None,
        };
        not_barred(c.order, order.cancelled.or(resting))?;
        let body = EventBody::OrderCancelled(OrderCancelled {
            order: c.order,
            reason: c.reason.clone(),
        });
        Ok(self.event(body, vec![last.position]))
    }

    fn order(&self, order: OrderId) -> Result<&'a Order, Refusal> {
        self.context
            .orders
            .get(&order)
            .ok_or_else(|| Refusal::new(Reason::OrderNotFound).about(order))
    }
}

/// The last step on record before the purchase.
fn before_purchase(order: &Order) -> Fact {
    let selections = order.selected.iter().map(|(_, selected)| *selected);
    let accepted = order.accepted.map(|(_, accepted)| accepted);
    latest(order, selections.chain(accepted))
}

/// The step with the latest date among these, the raising and the listing; of one day the last
/// one recorded.
fn latest(order: &Order, steps: impl Iterator<Item = Fact>) -> Fact {
    steps.chain(order.listed).fold(order.raised, Fact::later)
}

/// Refuses a step that an event bars.
fn not_barred(id: OrderId, bars: Option<Position>) -> Result<(), Refusal> {
    bars.map_or(Ok(()), |bars| Err(not_ready(id, bars)))
}

fn not_ready(id: OrderId, fact: Position) -> Refusal {
    Refusal::new(Reason::OrderNotReady)
        .about(id)
        .because([fact])
}

fn position(fact: Fact) -> Position {
    fact.position
}

impl CommandPayload for RaiseOrder {
    fn needs(&self, need: &mut Need<'_>) {
        need.order(self.order);
        need.raised_by(self.raised_by);
    }

    fn reports_on(&self) -> &[PersonKey] {
        match &self.raised_by {
            OrderRaisedBy::Person(person) => slice::from_ref(person),
            OrderRaisedBy::Enterprise(_) => &[],
        }
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.raise_order(self)?])
    }
}

impl CommandPayload for ListOrder {
    fn needs(&self, need: &mut Need<'_>) {
        need.order(self.order);
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.list_order(self)?])
    }
}

impl CommandPayload for SelectOrder {
    fn needs(&self, need: &mut Need<'_>) {
        need.order(self.order);
        need.person(self.person);
    }

    fn reports_on(&self) -> &[PersonKey] {
        slice::from_ref(&self.person)
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.select_order(self)?])
    }
}

impl CommandPayload for AcceptOrder {
    fn needs(&self, need: &mut Need<'_>) {
        need.order(self.order);
        need.institution(self.institution);
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.accept_order(self)?])
    }
}

impl CommandPayload for PurchaseOrder {
    fn needs(&self, need: &mut Need<'_>) {
        need.order(self.order);
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.purchase_order(self)?])
    }
}

impl CommandPayload for CancelOrder {
    fn needs(&self, need: &mut Need<'_>) {
        need.order_and_class(self.order);
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.cancel_order(self)?])
    }
}
