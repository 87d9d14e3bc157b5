//! `ReportProgress`: what was reached of the targets.

use super::call::Call;
use super::error::CallError;
use super::query::optional_division;
use super::read::optional_position;
use ledger_engine::query::ProgressQuery;
use ledger_proto::from_proto::quarter_from_proto;
use ledger_proto::to_proto::progress_to_proto;
use ledger_proto::v1;

pub(super) async fn report_progress(
    call: Call,
    request: v1::ReportProgressRequest,
) -> Result<v1::ReportProgressResponse, CallError> {
    let quarter = quarter_from_proto(request.quarter.as_ref());
    let query = ProgressQuery {
        quarter: quarter.map_err(|error| error.within("quarter"))?,
        division: optional_division(request.division)?,
        as_of: optional_position(request.as_of_position),
    };
    let found = call
        .read_at(request.at_least_position, move |reader| {
            reader.progress(&query, progress_to_proto)
        })
        .await?;
    Ok(found.value)
}
