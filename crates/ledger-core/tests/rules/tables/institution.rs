//! Institutions and their qualifications.

use super::tables;

tables! {
    register_institution given []
    "
    2020-01-01 institution I1 @registered
               institution I1                       => INSTITUTION_EXISTS facts=@registered
               institution I2
    "

    grant_qualification_by_precedence given []
    "
    2020-01-01 qualify I1 q train scope=many valid=2020-02-01..2020-01-31   => OUT_OF_BOUNDS limit=2000 found=2001
               qualify I1 q train scope=none valid=2020-02-01..2020-01-31   => OUT_OF_BOUNDS
               qualify I1 q evaluate number=X000037000123 valid=2020-02-01..2020-01-31 => OUT_OF_BOUNDS
               qualify I1 q evaluate number=S00003700012 valid=2020-02-01..2020-01-31 => OUT_OF_BOUNDS
               qualify I1 q evaluate number=S00003700012A valid=2020-02-01..2020-01-31 => OUT_OF_BOUNDS
               qualify I1 q train valid=2020-02-01..2020-01-31 => DATES_REVERSED
               qualify I1 q train                   => INSTITUTION_NOT_FOUND
               institution I1
               qualify I1 q train valid=2020-02-01..2020-02-01 @granted
               qualify I1 q evaluate                => QUALIFICATION_EXISTS facts=@granted
               qualify I1 q2 evaluate number=Y000037000123
    "

    revoke_qualification_by_precedence given []
    "
    2020-01-01 revoke I1 q 2019-12-31               => INSTITUTION_NOT_FOUND
               institution I1
               revoke I1 q 2019-12-31               => QUALIFICATION_NOT_FOUND
               qualify I1 q train valid=2020-01-01.. @granted
               revoke I1 q 2019-12-31               => DATE_BEFORE_CAUSE facts=@granted
               revoke I1 q 2020-01-01 @revoked      => ok
               revoke I1 q 2019-12-31               => DATE_BEFORE_CAUSE
               revoke I1 q 2020-01-01               => QUALIFICATION_REVOKED facts=@revoked
    "
}
