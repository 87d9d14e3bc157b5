//! What each kind of event carries, written down a second time, in the order in which it is stored:
//! a tag more, less or elsewhere changes the bytes of the log and what an event is found by.

use ledger_core::Event;

/// The sorts of tags; a spelling for each way in which an event of the kind is about something.
const CARRIED: [(&str, &[&str]); 52] = [
    ("AccountOpened", &["Division Account"]),
    (
        "AgencyContractRecorded",
        &["Person Class Institution Division"],
    ),
    (
        "AssessmentRecorded",
        &[
            "Person Class Institution Division",
            "Person Class Institution Division Institution",
        ],
    ),
    ("AttendanceRecorded", &["Person Class Institution Division"]),
    (
        "AwardApproved",
        &["Award Division Institution", "Award Division Person"],
    ),
    (
        "AwardRevoked",
        &["Award Division Institution", "Award Division Person"],
    ),
    ("CaseClosed", &["Case", "Case Institution"]),
    ("CaseOpened", &["Case", "Case Institution"]),
    ("CataloguePublished", &["Division"]),
    (
        "CertificateInvalidated",
        &[
            "Person Class Institution Division Certificate",
            "Person Class Institution Division Certificate Institution",
        ],
    ),
    (
        "CertificateIssued",
        &[
            "Person Class Institution Division Certificate",
            "Person Class Institution Division Certificate Institution",
        ],
    ),
    (
        "CertificateVerified",
        &["Person Class Institution Division Certificate"],
    ),
    ("ClaimSubmitted", &["Person Class Institution Division"]),
    ("ClassApproved", &["Class Institution Division"]),
    ("ClassClosed", &["Class Institution Division"]),
    ("ClassOpened", &["Class Institution Division"]),
    (
        "ClawbackDecided",
        &[
            "Clawback Case Award Division Institution",
            "Clawback Case Award Division Person",
            "Clawback Case Class Institution Division",
            "Clawback Case Class Institution Division Institution",
            "Clawback Case Class Institution Division Person",
        ],
    ),
    (
        "DisbursementOrdered",
        &[
            "Disbursement Award Division Institution",
            "Disbursement Award Division Person",
            "Disbursement Class Institution Division",
            "Disbursement Class Institution Division Institution",
            "Disbursement Class Institution Division Person",
        ],
    ),
    (
        "DisbursementReturned",
        &[
            "Disbursement Award Division Institution",
            "Disbursement Award Division Person",
            "Disbursement Class Institution Division",
            "Disbursement Class Institution Division Institution",
            "Disbursement Class Institution Division Person",
        ],
    ),
    (
        "DisbursementSettled",
        &[
            "Disbursement Award Division Institution",
            "Disbursement Award Division Person",
            "Disbursement Class Institution Division",
            "Disbursement Class Institution Division Institution",
            "Disbursement Class Institution Division Person",
        ],
    ),
    (
        "EmploymentConfirmed",
        &[
            "Person Class Institution Division",
            "Person Class Institution Division Institution",
        ],
    ),
    (
        "EmploymentWithdrawn",
        &["Person Class Institution Division"],
    ),
    ("EnrolmentWithdrawn", &["Person Class Institution Division"]),
    // What the annulled fact carries.
    (
        "FactAnnulled",
        &[
            "Person",
            "Person Class Institution Division",
            "Person Class Institution Division Institution",
        ],
    ),
    (
        "FindingMade",
        &[
            "Case Award Division Institution",
            "Case Award Division Person",
            "Case Class Institution Division",
        ],
    ),
    ("FundsAccrued", &["Division Account"]),
    ("FundsTransferred", &["Division Division Account Account"]),
    ("InstitutionRegistered", &["Institution Division"]),
    (
        "ObjectionRaised",
        &[
            "Class Institution Division",
            "Class Institution Division Person",
        ],
    ),
    (
        "ObjectionResolved",
        &[
            "Class Institution Division",
            "Class Institution Division Person",
        ],
    ),
    ("OrderAccepted", &["Order Division Institution"]),
    (
        "OrderCancelled",
        &["Order Division", "Order Division Institution"],
    ),
    ("OrderListed", &["Order Division"]),
    ("OrderPurchased", &["Order Division Institution"]),
    (
        "OrderRaised",
        &["Order Division Institution", "Order Division Person"],
    ),
    ("OrderSelected", &["Order Division Person"]),
    (
        "PenaltyImposed",
        &[
            "Award Division Clawback Case Institution",
            "Award Division Clawback Case Person",
            "Class Division Clawback Case Institution",
            "Class Division Clawback Case Person",
        ],
    ),
    ("PersonEnrolled", &["Person Class Institution Division"]),
    ("PersonRegistered", &["Person"]),
    ("PersonStatusDeclared", &["Person"]),
    ("PersonStatusEnded", &["Person"]),
    ("PolicyPublished", &["Division"]),
    ("PolicyWithdrawn", &["Division"]),
    (
        "ProjectSettled",
        &[
            "Class Institution Division",
            "Class Institution Division Account",
        ],
    ),
    ("ProvincialAdjustmentReceived", &["Division Account"]),
    ("PublicityClosed", &["Class Institution Division"]),
    ("PublicityOpened", &["Class Institution Division"]),
    ("QualificationGranted", &["Institution Division"]),
    ("QualificationRevoked", &["Institution Division"]),
    (
        "RepaymentReceived",
        &[
            "Award Division Clawback Case Institution",
            "Award Division Clawback Case Person",
            "Class Division Clawback Case Institution",
            "Class Division Clawback Case Person",
            "Class Division Institution",
        ],
    ),
    ("SubsidyApproved", &["Person Class Institution Division"]),
    ("TrainingCompleted", &["Person Class Institution Division"]),
];

/// Holds an event to the table.
pub(super) fn check(event: &Event) {
    let kind = format!("{:?}", event.body.kind());
    let sort = |tag| {
        let shown = format!("{tag:?}");
        shown.split('(').next().unwrap().to_owned()
    };
    let sorts: Vec<String> = event.tags.iter().map(sort).collect();
    let row = CARRIED.iter().find(|(name, _)| *name == kind);
    let (_, expected) = row.unwrap_or_else(|| panic!("what does {kind} carry?"));
    assert!(
        expected.contains(&sorts.join(" ").as_str()),
        "{sorts:?} {event:?}"
    );
}
