//! What is refused of any command, whatever it reports.

use super::{BODIES, POLICY, tables};

tables! {
    the_envelope_of_any_command given [POLICY, BODIES]
    "
    now 2020-01-01
    2020-01-02 person A causes=9999                 => DATE_IN_FUTURE
    2020-01-01 person A causes=9999                 => CAUSE_UNKNOWN
               person A causes=@a                   => PERSON_EXISTS
               person E causes=@a,@b,@a             => ok
    "
}
