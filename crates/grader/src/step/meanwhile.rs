//! `meanwhile`: steps that are done while requests are under way.

use challenge_spec::model::Meanwhile;
use futures_util::future::join;
use probe::expression::Scope;

use super::{
    Place, all_inside,
    parallel::{Prepared, answered},
};
use crate::{session::Session, verdict::StepEnd};

pub(super) async fn run(
    session: &Session<'_>,
    step: &Meanwhile,
    scope: &mut Scope,
    place: &Place,
) -> StepEnd {
    let prepared = match Prepared::of(session, &step.parallel, scope, place) {
        Ok(prepared) => prepared,
        Err(end) => return end,
    };
    let under_way = match prepared.set_off(session, place).await {
        Ok(under_way) => under_way,
        Err(end) => return end,
    };
    // From the moment of sending: who takes long to connect is not late.
    let steps = async {
        tokio::time::sleep(step.after.get()).await;
        all_inside(session, &step.steps, scope, place).await
    };
    let (answered, (seen, ended)) = join(answered(session, under_way), steps).await;
    match ended {
        Some(ended) => ended.after(seen),
        None => prepared
            .judged(session, answered, scope, place)
            .await
            .after(seen),
    }
}
