"""Programs that go through the elements of a collection and read along relations, thousands of times."""

from counting import calls_of
from trackteroid.entities import AssetVersion, Task
from trackteroid.query import Query


def test_reading_along_relations_of_single_entities_is_worked_out_once_for_all_of_them(session):
    versions = Query(AssetVersion, session=session).get_all(projections=[Task.Status.name], limit=40)
    first, *reading = [each for each in versions if each.Task]
    assert first.Task.Status.name
    calls = calls_of(lambda: [each.Task.Status.name for each in reading[:10]])
    assert calls / 10 < 160, "each relation was looked for again"
    assert all(each.Task.Status == each.task.status for each in reading)
