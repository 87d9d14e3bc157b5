//! Claims, and agency contracts.

use super::{BODIES, CLASS, GRADUATE, POLICY, tables};

/// A body needs each trainee's contract to claim.
const WITH_CONTRACT: &str = "2019-01-01 policy P1 agency=yes @policy";

tables! {
    submit_claim_by_precedence given [WITH_CONTRACT, BODIES, CLASS]
    "
    2020-03-31 claim C9 Z by=body                   => PERSON_NOT_FOUND
               claim C9 A by=body                   => CLASS_NOT_FOUND
               claim C1 A by=body                   => ENROLMENT_NOT_FOUND
               enrol C1 A,B,C,D
               withdraw C1 B @withdrawn
               claim C1 B by=body                   => ENROLMENT_WITHDRAWN facts=@withdrawn
               claim C1 A by=body                   => TRAINING_NOT_COMPLETED
               complete C1 A,C,D @completed
    2020-03-30 claim C1 D by=body                   => DATE_BEFORE_CAUSE facts=@completed
    2020-03-31 claim C1 D by=body                   => AGENCY_CONTRACT_MISSING rule=payee facts=-
    2020-04-02 certify C1 D @certified
    2020-04-01 claim C1 D by=body                   => DATE_BEFORE_CAUSE facts=@certified
    2020-04-02 claim C1 D by=body                   => AGENCY_CONTRACT_MISSING rule=payee
               agency C1 D
               claim C1 D by=body @claimed          => ok
    2020-03-30 claim C1 D                           => FACT_EXISTS facts=@claimed
    2020-04-02 approve C1 D @approved
    2020-03-30 claim C1 D                           => APPROVAL_EXISTS facts=@approved
    "

    a_person_claims_without_a_contract given [WITH_CONTRACT, BODIES, GRADUATE]
    "
    2020-03-31 claim C1 A                           => ok
    "

    a_body_claims_without_a_contract_where_no_rule_asks given [POLICY, BODIES, GRADUATE]
    "
    2020-03-31 claim C1 A by=body                   => ok
    "

    // A void certificate is no fact that a claim could come too early for.
    a_claim_outlives_the_certificate given [POLICY, BODIES, GRADUATE]
    "
    2020-03-31 approve C1 A
    2020-04-01 void A                               => ok lapses=yes
    2020-03-31 claim C1 A @claimed                  => ok
    2020-04-03 certify C1 A
               claim C1 A                           => FACT_EXISTS facts=@claimed
    "

    record_agency_contract_by_precedence given [POLICY, BODIES, CLASS]
    "
    2020-03-02 agency C9 Z                          => PERSON_NOT_FOUND
               agency C9 A                          => CLASS_NOT_FOUND
               agency C1 A                          => ENROLMENT_NOT_FOUND
               enrol C1 A,B @enrolled
               agency C1 A @contract                => ok
    2020-03-01 agency C1 A                          => FACT_EXISTS facts=@contract
               agency C1 B                          => DATE_BEFORE_CAUSE facts=@enrolled
    2020-03-02 withdraw C1 B @withdrawn
    2020-03-01 agency C1 B                          => DATE_BEFORE_CAUSE facts=@enrolled
    2020-03-02 agency C1 B                          => ENROLMENT_WITHDRAWN facts=@withdrawn
    "

    // A contract holds for the place that it was made for.
    a_new_enrolment_needs_a_new_contract given [WITH_CONTRACT, BODIES, CLASS]
    "
    2020-03-02 enrol C1 A
               agency C1 A
               withdraw C1 A
               enrol C1 A
               complete C1 A
               claim C1 A by=body                   => AGENCY_CONTRACT_MISSING
               agency C1 A
               claim C1 A by=body                   => ok
    "

    // A void certificate has no date that a claim would have to wait for.
    a_claim_before_the_date_of_a_void_certificate given [POLICY, BODIES, CLASS]
    "
    2020-03-31 enrol C1 A
               complete C1 A @completed
    2020-04-02 certify C1 A
    2020-04-01 claim C1 A                           => DATE_BEFORE_CAUSE
    2020-04-02 void A
    2020-04-01 claim C1 A                           => ok rests-on=@completed
    "

    // The rule on payees that asks for the contract is that of the place's own dates.
    a_contract_that_a_later_document_asks_for given [POLICY, BODIES, CLASS]
    "
    2020-03-01 enrol C1 A,B
               policy P2 valid=2020-04-01.. agency=yes payee-by=claim:this
    2020-03-31 complete C1 A,B
               claim C1 A by=body                   => ok
    2020-04-01 claim C1 B by=body                   => AGENCY_CONTRACT_MISSING rule=payee
               agency C1 B @contract
               claim C1 B by=body                   => ok rests-on=@contract
    "

    // The approval that is asked for comes on the day of the claim at the earliest.
    a_contract_by_the_approval given [POLICY, BODIES, CLASS]
    "
    2020-03-01 enrol C1 A,B
               policy P2 valid=2020-04-01.. agency=yes payee-by=approval:this
    2020-03-31 complete C1 A,B
               claim C1 A by=body                   => ok
    2020-04-01 claim C1 B by=body                   => AGENCY_CONTRACT_MISSING rule=payee
    "

    a_contract_by_the_first_attendance given [POLICY, BODIES, CLASS]
    "
    2020-02-20 policy P2 valid=2020-03-02.. agency=yes payee-by=attendance:this
    2020-03-01 enrol C1 A,B
    2020-03-02 attend C1 A 8
    2020-03-31 complete C1 A,B
               claim C1 A by=body                   => AGENCY_CONTRACT_MISSING rule=payee
               claim C1 B by=body                   => ok
    "

    // Each certificate is verified by itself: the one that was replaced stays void.
    the_certificate_that_was_replaced given [POLICY, BODIES, GRADUATE]
    "
    2020-04-01 void A
               certify C1 A as=A2
               verify A2                            => ok
               verify A                             => CERTIFICATE_INVALID
               verify A2                            => FACT_EXISTS
    "
}
