//! 黔就劳发〔2025〕3号: certificates earned outside the province, special operations, and bodies that
//! lose their qualification.

use crate::tables::{BODIES, tables};

/// Guiyang's money, with the rates of the example.
const GUIYANG: &str = "
    2025-09-30 account 520100 fund=employment_subsidy
               accrue 520100 100000.00 fund=employment_subsidy
";

tables! {
    // A worker of the province who earned a certificate elsewhere: it has to be found in the
    // register, and it is paid to the worker, once for an occupation and level.
    a_certificate_from_outside_the_province given [BODIES, GUIYANG]
    "
    2025-09-30 document guizhou/2025-3
               document examples/guiyang-2025-rates
               status A group:outside_province_worker 2025-01-01..
    2025-10-10 class C1 scheme=certificate-direct-subsidy division=520100 fund=employment_subsidy rate=standard level=intermediate dates=2025-10-15..2025-11-14 => ok rate=1200.00
               class C2 scheme=certificate-direct-subsidy division=520100 fund=employment_subsidy rate=standard level=intermediate dates=2026-01-01..2026-01-31
               open C1
               open C2
    2025-11-14 graduate C1 A,B
               approve C1 A                         => CERTIFICATE_NOT_VERIFIED
               verify A
               verify B
               approve C1 A @paid                   => ok amount=1200.00
               approve C1 B                         => NOT_IN_GROUP
               order D1 C1 full A to=body:I1        => WRONG_PAYEE
               order D1 C1 full A to=person:A       => ok total=1200.00
               settle D1
    2026-01-31 graduate C2 A
               verify A
               approve C2 A                         => SAME_OCCUPATION_AND_LEVEL facts=@paid
    "

    // Certificates of special operations have no level, and a rate of their own.
    special_operations given [BODIES, GUIYANG]
    "
    2025-09-30 document guizhou/2025-3
               document examples/guiyang-2025-rates
               status A group:outside_province_worker 2025-01-01..
               status B group:outside_province_worker 2025-01-01..
    2025-10-10 class C1 scheme=certificate-direct-subsidy division=520100 fund=employment_subsidy rate=standard occupation=6-31-01-03 level=none dates=2025-10-15..2025-11-14 training=special_operation sector=special-operations => ok rate=500.00
               open C1
    2025-11-14 enrol C1 A,B
               complete C1 A,B
               certify C1 A kind=operation
               certify C1 B kind=completion
               verify A
               verify B
               approve C1 A                         => ok amount=500.00
               approve C1 B                         => CERTIFICATE_KIND_NOT_ALLOWED
    "

    // By the hour from forty hours on; a level has its own rate, and those lifted out of poverty a
    // higher one.
    rates_of_a_city given [BODIES, GUIYANG]
    "
    2025-09-30 document guizhou/2025-3
               document examples/guiyang-2025-rates
               status A group:lifted_out_of_poverty 2025-01-01..
    2025-10-10 class C1 division=520100 fund=employment_subsidy rate=standard level=intermediate dates=2025-10-15..2025-11-14 => ok rate=1500.00
               class C2 division=520100 fund=employment_subsidy rate=standard class-hours=60 dates=2025-10-15..2025-11-14 => ok rate=600.00
               class C3 division=520100 fund=employment_subsidy rate=standard class-hours=39 dates=2025-10-15..2025-11-14 => TOO_FEW_CLASS_HOURS
               open C1
    2025-11-14 enrol C1 A,B
               complete C1 A,B
               assess C1 A,B passed
               approve C1 A                         => ok amount=1800.00
               approve C1 B                         => ok amount=1500.00
    "

    // False training: the money comes back, and the body loses its qualification. A class that it
    // would open after that is not approved.
    a_body_loses_its_qualification given [BODIES, GUIYANG]
    "
    2025-09-30 document guizhou/2025-3
               document examples/guiyang-2025-rates
    2025-10-10 class C1 division=520100 fund=employment_subsidy rate=standard level=intermediate dates=2025-10-15..2025-11-14 @class
               open C1
    2025-11-14 enrol C1 A
               complete C1 A
               assess C1 A passed
               approve C1 A
               order D1 C1 full A
               settle D1
    2026-03-01 case S1 I1
               find S1 F1 C1 kind=false
               claw W1 S1 F1 D1:A:1500.00           => ok total=1500.00
               revoke I1 train1 2026-03-01
               repay W1 1500.00                     => ok outstanding=0.00
               class C2 division=520100 fund=employment_subsidy rate=standard dates=2026-03-15..2026-04-14 => NOT_QUALIFIED
               see available 520100 100000.00 fund=employment_subsidy
    "
}
