"""Does the main job of the ledger once, as a system that knows only the published contract would.

Usage: main_job.py ADDRESS POLICY_FILE, with the stubs made from proto/ on PYTHONPATH.

A synthetic person is trained, certified, employed and paid; then the class is found false, the
money is clawed back, part of it is repaid, and every event behind the clawback is read. Last, one
command is refused, and the refusal is decoded with nothing but Google's standard types and the
contract. Every identifier is made up here; none belongs to anybody.
"""

import sys
import uuid

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from subsidy.ledger.v1 import (
    account_pb2,
    append_pb2,
    command_pb2,
    event_pb2,
    operate_pb2,
    query_pb2,
    read_pb2,
    refusal_pb2,
    service_pb2_grpc,
    trace_pb2,
    types_pb2,
)

DIVISION = 370100  # Jinan
FUND = types_pb2.FUND_SOURCE_SPECIAL_ACCOUNT
SCHEME = "vocational-training"
OCCUPATION = "2015:4-10-01-05"
EVALUATOR_NUMBER = "S000037000001"
TIMEOUT_SECONDS = 30

ACCRUED_FEN = 1_000_000_00
RATE_FEN = 1_200_00
REPAID_FEN = 500_00


def credit_code(serial):
    """A well-formed unified social credit code (GB 32100) that nobody has."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    organisation = f"Y{serial:07d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    value = {**{str(n): n for n in range(10)}, "Y": 34}  # GB 11714 counts letters from A = 10.
    rest = 11 - sum(w * value[c] for w, c in zip(weights, organisation)) % 11
    organisation += {10: "X", 11: "0"}.get(rest, str(rest))
    body = f"52{DIVISION}{organisation}"
    rest = sum(pow(3, place, 31) * alphabet.index(c) for place, c in enumerate(body)) % 31
    return body + alphabet[(31 - rest) % 31]


def day(text):
    year, month, day_of_month = map(int, text.split("-"))
    return types_pb2.Date(year=year, month=month, day=day_of_month)


def command(on, **body):
    return command_pb2.Command(occurred_date=day(on), **body)


class Ledger:
    """The calls that this job makes."""

    def __init__(self, channel):
        self.stub = service_pb2_grpc.LedgerServiceStub(channel)

    def append(self, *commands):
        return self.send(
            append_pb2.AppendRequest(
                request_id=uuid.uuid4().bytes,
                commands=commands,
                source_system="python-client",
            )
        )

    def send(self, request):
        return self.stub.Append(request, timeout=TIMEOUT_SECONDS)

    def balances(self):
        key = types_pb2.AccountKey(division=DIVISION, fund=FUND)
        request = account_pb2.GetAccountRequest(account=key)
        account = self.stub.GetAccount(request, timeout=TIMEOUT_SECONDS).account
        by_kind = {balance.kind: balance.balance_fen for balance in account.balances}
        return account.cash_fen, account.reserved_fen, account.available_fen, by_kind


def expect(found, wanted, what):
    if found != wanted:
        raise SystemExit(f"{what}: {found!r} instead of {wanted!r}")


def refusal_of(call):
    """Makes a call that has to be refused; returns its status code and decoded details."""
    try:
        call()
    except grpc.RpcError as error:
        status = rpc_status.from_call(error)
        details = {}
        for detail in status.details:
            for kind in (
                error_details_pb2.ErrorInfo,
                error_details_pb2.LocalizedMessage,
                error_details_pb2.PreconditionFailure,
                error_details_pb2.ResourceInfo,
                refusal_pb2.Failure,
            ):
                if detail.Is(kind.DESCRIPTOR):
                    message = kind()
                    detail.Unpack(message)
                    details[kind] = message
        return error.code(), details
    raise SystemExit("a call was answered that has to be refused")


def prepare(ledger, school, evaluator, policy):
    """The policy, the money, and two bodies with their qualifications."""
    occupations = [types_pb2.ScopeEntry(
        occupation=OCCUPATION, levels=[types_pb2.SKILL_LEVEL_INTERMEDIATE])]
    training = types_pb2.QualificationScope(
        kind=types_pb2.QUALIFICATION_KIND_TRAINING, occupations=occupations)
    evaluation = types_pb2.QualificationScope(
        kind=types_pb2.QUALIFICATION_KIND_EVALUATION,
        evaluator_number=EVALUATOR_NUMBER,
        occupations=occupations,
    )
    commands = [
        command("2021-01-01", publish_policy=command_pb2.PublishPolicy(text=policy)),
        command("2021-01-01", open_account=command_pb2.OpenAccount(
            division=DIVISION, fund=FUND)),
        command("2021-01-01", accrue_funds=command_pb2.AccrueFunds(
            division=DIVISION, fund=FUND, amount_fen=ACCRUED_FEN, reference="VOUCHER-1")),
    ]
    for body, kind, scope in (
        (school, types_pb2.INSTITUTION_KIND_VOCATIONAL_SCHOOL, training),
        (evaluator, types_pb2.INSTITUTION_KIND_EVALUATOR, evaluation),
    ):
        commands.append(command("2021-01-01", register_institution=command_pb2.RegisterInstitution(
            institution=body, kind=kind, name="Synthetic body", division=DIVISION)))
        commands.append(command("2021-01-01", grant_qualification=command_pb2.GrantQualification(
            institution=body,
            qualification_id=uuid.uuid4().bytes,
            scope=scope,
            valid_from_date=day("2019-01-01"),
            decision_number="DECISION-1",
        )))
    ledger.append(*commands)


def open_class(ledger, school):
    class_id = uuid.uuid4().bytes
    ledger.append(
        command("2021-02-01", approve_class=command_pb2.ApproveClass(
            class_id=class_id,
            institution=school,
            division=DIVISION,
            fund=FUND,
            scheme=SCHEME,
            kind=types_pb2.CLASS_KIND_ORDINARY,
            occupation=OCCUPATION,
            level=types_pb2.SKILL_LEVEL_INTERMEDIATE,
            headcount=30,
            rate_fen=RATE_FEN,
            class_hours=40,
            start_date=day("2021-03-01"),
            end_date=day("2021-03-31"),
            contract_number="CONTRACT-1",
        )),
        command("2021-03-01", open_class=command_pb2.OpenClass(class_id=class_id)),
    )
    return class_id


def enrol(ledger, class_id):
    person = uuid.uuid4().bytes
    ledger.append(
        command("2021-03-01", register_person=command_pb2.RegisterPerson(person_key=person)),
        command("2021-03-01", enrol_person=command_pb2.EnrolPerson(
            class_id=class_id, person_key=person)),
    )
    return person


def train(ledger, class_id, person, school, evaluator, serial):
    certificate = f"{EVALUATOR_NUMBER}214{serial:06d}"  # Issued in 2021, level 4.
    place = {"class_id": class_id, "person_key": person}
    ledger.append(
        command("2021-03-02", record_attendance=command_pb2.RecordAttendance(
            class_hours=8, **place)),
        command("2021-03-31", complete_training=command_pb2.CompleteTraining(**place)),
        command("2021-04-10", issue_certificate=command_pb2.IssueCertificate(
            kind=types_pb2.CERTIFICATE_KIND_SKILL_LEVEL,
            number=certificate,
            evaluator=evaluator,
            issued_date=day("2021-04-10"),
            **place,
        )),
        command("2021-04-20", confirm_employment=command_pb2.ConfirmEmployment(
            employer=school,
            evidence=types_pb2.EMPLOYMENT_EVIDENCE_LABOUR_CONTRACT,
            started_date=day("2021-04-20"),
            **place,
        )),
    )


def pay(ledger, class_id, person):
    """Approves, orders and settles; the ledger works out the amount."""
    question = query_pb2.CheckEligibilityRequest(
        class_id=class_id, person_key=person, on_date=day("2021-05-10"))
    answer = ledger.stub.CheckEligibility(question, timeout=TIMEOUT_SECONDS)
    expect((answer.would_pay, answer.amount_fen), (True, RATE_FEN), "eligibility")
    disbursement = uuid.uuid4().bytes
    answer = ledger.append(
        command("2021-05-10", approve_subsidy=command_pb2.ApproveSubsidy(
            class_id=class_id, person_key=person)),
        command("2021-05-10", order_disbursement=command_pb2.OrderDisbursement(
            disbursement_id=disbursement,
            class_id=class_id,
            stage=types_pb2.DISBURSEMENT_STAGE_FULL,
            payee=types_pb2.Payee(person_key=person),
            beneficiary_keys=[person],
        )),
    )
    # The answer says why: the amount approved, and the rules with their clauses.
    approved = answer.results[0].explanations[0]
    expect((approved.command, approved.amount_fen), ("approve_subsidy", RATE_FEN), "approval")
    expect(any(rule.citation.clause for rule in approved.rules), True, "clauses of the approval")
    expect(
        ledger.balances()[:3],
        (ACCRUED_FEN, RATE_FEN, ACCRUED_FEN - RATE_FEN),
        "cash, reserved and available after the order",
    )
    ledger.append(command("2021-05-12", settle_disbursement=command_pb2.SettleDisbursement(
        disbursement_id=disbursement, bank_reference="BANK-1")))
    expect(
        ledger.balances()[:3],
        (ACCRUED_FEN - RATE_FEN, 0, ACCRUED_FEN - RATE_FEN),
        "cash, reserved and available after the payment",
    )
    question = query_pb2.GetQuotaRequest(person_key=person, year=2021)
    quota = ledger.stub.GetQuota(question, timeout=TIMEOUT_SECONDS)
    expect((quota.used, quota.limit, quota.left), (1, 3, 2), "quota")
    return disbursement


def recover(ledger, class_id, person, school, disbursement):
    """Finds the class false, claws the payment back, and records a part repayment."""
    case, finding, clawback = (uuid.uuid4().bytes for _ in range(3))
    request = append_pb2.AppendRequest(
        request_id=uuid.uuid4().bytes,
        source_system="python-client",
        commands=[
            command("2021-06-01", open_case=command_pb2.OpenCase(
                case_id=case, institution=school, clue="A complaint about one class")),
            command("2021-06-02", make_finding=command_pb2.MakeFinding(
                case_id=case,
                finding_id=finding,
                kind=types_pb2.FINDING_KIND_FALSE_TRAINING,
                class_id=class_id,
                person_keys=[person],
                decision_number="FINDING-1",
            )),
            command("2021-06-03", decide_clawback=command_pb2.DecideClawback(
                clawback_id=clawback,
                case_id=case,
                finding_id=finding,
                lines=[command_pb2.ClawbackRequestLine(
                    disbursement_id=disbursement,
                    beneficiary_key=person,
                    amount_fen=RATE_FEN,
                )],
                decision_number="CLAWBACK-1",
            )),
            command("2021-06-20", record_repayment=command_pb2.RecordRepayment(
                debt=types_pb2.Debt(clawback_id=clawback),
                amount_fen=REPAID_FEN,
                bank_reference="BANK-2",
            )),
        ],
    )
    first = ledger.send(request)
    again = ledger.send(request)
    expect((first.replayed, again.replayed), (False, True), "the same request twice")
    expect(list(again.results), list(first.results), "the answer to the same request")
    cash, _, _, by_kind = ledger.balances()
    expect(cash, ACCRUED_FEN - RATE_FEN + REPAID_FEN, "cash after the repayment")
    outstanding = by_kind[types_pb2.ACCOUNT_KIND_RECEIVABLE]
    expect(outstanding, RATE_FEN - REPAID_FEN, "the sum still to come back")
    return clawback


def trace(ledger, clawback):
    """Walks from the clawback to every event behind it."""
    request = trace_pb2.TraceClawbackRequest(clawback_id=clawback)
    nodes, complete = {}, False
    for message in ledger.stub.TraceClawback(request, timeout=TIMEOUT_SECONDS):
        if message.HasField("node"):
            nodes[message.node.position] = message.node
        else:
            complete = message.summary.complete
    expect(complete, True, "the trace is complete")
    kinds = {node.kind for node in nodes.values()}
    for kind in (
        types_pb2.EVENT_KIND_POLICY_PUBLISHED,
        types_pb2.EVENT_KIND_CLASS_APPROVED,
        types_pb2.EVENT_KIND_PERSON_ENROLLED,
        types_pb2.EVENT_KIND_CERTIFICATE_ISSUED,
        types_pb2.EVENT_KIND_SUBSIDY_APPROVED,
        types_pb2.EVENT_KIND_DISBURSEMENT_ORDERED,
        types_pb2.EVENT_KIND_FINDING_MADE,
        types_pb2.EVENT_KIND_CLAWBACK_DECIDED,
    ):
        if kind not in kinds:
            raise SystemExit(f"the trace lacks {types_pb2.EventKind.Name(kind)}")
    for node in nodes.values():
        missing = [cause for cause in node.causes if cause not in nodes]
        expect(missing, [], f"causes of the event at {node.position}")


def be_refused(ledger, class_id, school, evaluator):
    """A person who draws a pension gets no subsidy, and the refusal says why."""
    person = enrol(ledger, class_id)
    ledger.append(command("2021-03-01", declare_person_status=command_pb2.DeclarePersonStatus(
        person_key=person,
        status=types_pb2.PersonStatus(kind=types_pb2.PERSON_STATUS_KIND_PENSION),
        valid_from_date=day("2020-01-01"),
        source="Synthetic pension register",
    )))
    train(ledger, class_id, person, school, evaluator, serial=2)
    approve = command("2021-05-10", approve_subsidy=command_pb2.ApproveSubsidy(
        class_id=class_id, person_key=person))
    code, details = refusal_of(lambda: ledger.append(approve))
    expect(code, grpc.StatusCode.FAILED_PRECONDITION, "the status code")
    info = details[error_details_pb2.ErrorInfo]
    expect((info.reason, info.domain), ("DRAWS_PENSION", "ledger.subsidy"), "the reason")
    localized = details[error_details_pb2.LocalizedMessage]
    expect(localized.locale, "zh-CN", "the language of the message")
    if not localized.message or not details[error_details_pb2.PreconditionFailure].violations:
        raise SystemExit(f"the refusal does not say why: {details!r}")
    refused = details[refusal_pb2.Failure].refusals[0]
    expect(refused.command_index, 0, "the index of the refused command")
    if not refused.refusal.rule.clause or refused.refusal.rule.policy_position != 1:
        raise SystemExit(f"the refusal names no clause: {refused.refusal!r}")


def check_log(ledger):
    """Every event is there once, at its position, and reads as the contract says."""
    status = ledger.stub.GetStatus(operate_pb2.GetStatusRequest(), timeout=TIMEOUT_SECONDS)
    positions = []
    for message in ledger.stub.ReadEvents(read_pb2.ReadEventsRequest(), timeout=TIMEOUT_SECONDS):
        for envelope in message.events:
            recorded = event_pb2.RecordedEvent.FromString(envelope.recorded_event)
            expect(recorded.source_system, "python-client", "the source system")
            body = recorded.WhichOneof("body")
            number = recorded.DESCRIPTOR.fields_by_name[body].number
            expect(number, 100 + recorded.kind, f"the field of a body {body}")
            positions.append(recorded.position)
    expect(positions, list(range(1, status.log_position + 1)), "the positions")


def main(address, policy_file):
    with open(policy_file, encoding="utf-8", newline="") as file:
        policy = file.read()
    with grpc.insecure_channel(address) as channel:
        ledger = Ledger(channel)
        school, evaluator = credit_code(1), credit_code(2)
        prepare(ledger, school, evaluator, policy)
        class_id = open_class(ledger, school)
        person = enrol(ledger, class_id)
        train(ledger, class_id, person, school, evaluator, serial=1)
        disbursement = pay(ledger, class_id, person)
        clawback = recover(ledger, class_id, person, school, disbursement)
        trace(ledger, clawback)
        be_refused(ledger, class_id, school, evaluator)
        check_log(ledger)


if __name__ == "__main__":
    main(*sys.argv[1:])
