"""Generated from the schema of a server: python docs/stubs.py."""

# pyright: basic, reportIncompatibleVariableOverride=false, reportInvalidTypeVarUse=false

from collections.abc import Sequence as _Sequence
from datetime import date as _date
from typing import Any as _Any
from typing import Generic, Protocol, TypeVar

from arrow import Arrow as _Arrow
from typing_extensions import TypedDict, Unpack
from typing_extensions import TypeVar as _TypeVar

from trackteroid import entities as _types
from trackteroid.chains import Chain as _Chain
from trackteroid.collections.collection import EntityCollection
from trackteroid.collections.missing import Values

E_co = _TypeVar("E_co", covariant=True, default=_Any)
_A_co = TypeVar("_A_co", covariant=True)
_T = TypeVar("_T")
_V = TypeVar("_V")

class _Creatable(Protocol[_A_co]):
    @property
    def _create(self) -> _A_co: ...

class Creator:
    def __get__(self, beside: Readable[_Creatable[_T]], owner: object, /) -> _T: ...

class _Related(Generic[_T]):
    def __get__(self, read: Readable[_Any], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Any], value: object, /) -> None: ...

class _Has_accessed_time(Protocol[_A_co]):
    @property
    def accessed_time(self) -> _A_co: ...

class _At_accessed_time:
    def __get__(self, read: Readable[_Has_accessed_time[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_accessed_time[_Any]], value: _Arrow | _date | str | None | _Sequence[_Arrow | _date | str | None], /) -> None: ...

class _Has_action(Protocol[_A_co]):
    @property
    def action(self) -> _A_co: ...

class _At_action:
    def __get__(self, read: Readable[_Has_action[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_action[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_allocations(Protocol[_A_co]):
    @property
    def allocations(self) -> _A_co: ...

class _At_allocations:
    def __get__(self, read: Readable[_Has_allocations[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_allocations[_Any]], value: object, /) -> None: ...

class _Has_ancestors(Protocol[_A_co]):
    @property
    def ancestors(self) -> _A_co: ...

class _At_ancestors:
    def __get__(self, read: Readable[_Has_ancestors[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_ancestors[_Any]], value: object, /) -> None: ...

class _Has_annotations(Protocol[_A_co]):
    @property
    def annotations(self) -> _A_co: ...

class _At_annotations:
    def __get__(self, read: Readable[_Has_annotations[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_annotations[_Any]], value: object, /) -> None: ...

class _Has_appointments(Protocol[_A_co]):
    @property
    def appointments(self) -> _A_co: ...

class _At_appointments:
    def __get__(self, read: Readable[_Has_appointments[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_appointments[_Any]], value: object, /) -> None: ...

class _Has_asset(Protocol[_A_co]):
    @property
    def asset(self) -> _A_co: ...

class _At_asset:
    def __get__(self, read: Readable[_Has_asset[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_asset[_Any]], value: object, /) -> None: ...

class _Has_asset_id(Protocol[_A_co]):
    @property
    def asset_id(self) -> _A_co: ...

class _At_asset_id:
    def __get__(self, read: Readable[_Has_asset_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_asset_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_asset_version(Protocol[_A_co]):
    @property
    def asset_version(self) -> _A_co: ...

class _At_asset_version:
    def __get__(self, read: Readable[_Has_asset_version[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_asset_version[_Any]], value: object, /) -> None: ...

class _Has_asset_version_workflow_schema(Protocol[_A_co]):
    @property
    def asset_version_workflow_schema(self) -> _A_co: ...

class _At_asset_version_workflow_schema:
    def __get__(self, read: Readable[_Has_asset_version_workflow_schema[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_asset_version_workflow_schema[_Any]], value: object, /) -> None: ...

class _Has_asset_version_workflow_schema_id(Protocol[_A_co]):
    @property
    def asset_version_workflow_schema_id(self) -> _A_co: ...

class _At_asset_version_workflow_schema_id:
    def __get__(self, read: Readable[_Has_asset_version_workflow_schema_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_asset_version_workflow_schema_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_assets(Protocol[_A_co]):
    @property
    def assets(self) -> _A_co: ...

class _At_assets:
    def __get__(self, read: Readable[_Has_assets[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_assets[_Any]], value: object, /) -> None: ...

class _Has_assignments(Protocol[_A_co]):
    @property
    def assignments(self) -> _A_co: ...

class _At_assignments:
    def __get__(self, read: Readable[_Has_assignments[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_assignments[_Any]], value: object, /) -> None: ...

class _Has_author(Protocol[_A_co]):
    @property
    def author(self) -> _A_co: ...

class _At_author:
    def __get__(self, read: Readable[_Has_author[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_author[_Any]], value: object, /) -> None: ...

class _Has_availability(Protocol[_A_co]):
    @property
    def availability(self) -> _A_co: ...

class _At_availability:
    def __get__(self, read: Readable[_Has_availability[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_availability[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_bid(Protocol[_A_co]):
    @property
    def bid(self) -> _A_co: ...

class _At_bid:
    def __get__(self, read: Readable[_Has_bid[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_bid[_Any]], value: float | None | _Sequence[float | None], /) -> None: ...

class _Has_bid_time_logged_difference(Protocol[_A_co]):
    @property
    def bid_time_logged_difference(self) -> _A_co: ...

class _At_bid_time_logged_difference:
    def __get__(self, read: Readable[_Has_bid_time_logged_difference[_Chain[_V]]], owner: object, /) -> Values[_V]: ...

class _Has_calendar_event(Protocol[_A_co]):
    @property
    def calendar_event(self) -> _A_co: ...

class _At_calendar_event:
    def __get__(self, read: Readable[_Has_calendar_event[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_calendar_event[_Any]], value: object, /) -> None: ...

class _Has_calendar_event_id(Protocol[_A_co]):
    @property
    def calendar_event_id(self) -> _A_co: ...

class _At_calendar_event_id:
    def __get__(self, read: Readable[_Has_calendar_event_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_calendar_event_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_calendar_event_resources(Protocol[_A_co]):
    @property
    def calendar_event_resources(self) -> _A_co: ...

class _At_calendar_event_resources:
    def __get__(self, read: Readable[_Has_calendar_event_resources[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_calendar_event_resources[_Any]], value: object, /) -> None: ...

class _Has_calendar_events(Protocol[_A_co]):
    @property
    def calendar_events(self) -> _A_co: ...

class _At_calendar_events:
    def __get__(self, read: Readable[_Has_calendar_events[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_calendar_events[_Any]], value: object, /) -> None: ...

class _Has_category(Protocol[_A_co]):
    @property
    def category(self) -> _A_co: ...

class _At_category:
    def __get__(self, read: Readable[_Has_category[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_category[_Any]], value: object, /) -> None: ...

class _Has_category_id(Protocol[_A_co]):
    @property
    def category_id(self) -> _A_co: ...

class _At_category_id:
    def __get__(self, read: Readable[_Has_category_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_category_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_children(Protocol[_A_co]):
    @property
    def children(self) -> _A_co: ...

class _At_children:
    def __get__(self, read: Readable[_Has_children[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_children[_Any]], value: object, /) -> None: ...

class _Has_cluster_id(Protocol[_A_co]):
    @property
    def cluster_id(self) -> _A_co: ...

class _At_cluster_id:
    def __get__(self, read: Readable[_Has_cluster_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_cluster_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_color(Protocol[_A_co]):
    @property
    def color(self) -> _A_co: ...

class _At_color:
    def __get__(self, read: Readable[_Has_color[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_color[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_comment(Protocol[_A_co]):
    @property
    def comment(self) -> _A_co: ...

class _At_comment:
    def __get__(self, read: Readable[_Has_comment[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_comment[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_completed_at(Protocol[_A_co]):
    @property
    def completed_at(self) -> _A_co: ...

class _At_completed_at:
    def __get__(self, read: Readable[_Has_completed_at[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_completed_at[_Any]], value: _Arrow | _date | str | None | _Sequence[_Arrow | _date | str | None], /) -> None: ...

class _Has_completed_by(Protocol[_A_co]):
    @property
    def completed_by(self) -> _A_co: ...

class _At_completed_by:
    def __get__(self, read: Readable[_Has_completed_by[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_completed_by[_Any]], value: object, /) -> None: ...

class _Has_completed_by_id(Protocol[_A_co]):
    @property
    def completed_by_id(self) -> _A_co: ...

class _At_completed_by_id:
    def __get__(self, read: Readable[_Has_completed_by_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_completed_by_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_component(Protocol[_A_co]):
    @property
    def _read_component(self) -> _A_co: ...

class _At_component:
    def __get__(self, read: Readable[_Has_component[_T]], owner: object, /) -> _T: ...
    def __set__(self, changed: EntityCollection[_Has_component[_Any]], value: object, /) -> None: ...

class _Has_component_id(Protocol[_A_co]):
    @property
    def component_id(self) -> _A_co: ...

class _At_component_id:
    def __get__(self, read: Readable[_Has_component_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_component_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_component_locations(Protocol[_A_co]):
    @property
    def component_locations(self) -> _A_co: ...

class _At_component_locations:
    def __get__(self, read: Readable[_Has_component_locations[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_component_locations[_Any]], value: object, /) -> None: ...

class _Has_components(Protocol[_A_co]):
    @property
    def components(self) -> _A_co: ...

class _At_components:
    def __get__(self, read: Readable[_Has_components[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_components[_Any]], value: object, /) -> None: ...

class _Has_config(Protocol[_A_co]):
    @property
    def config(self) -> _A_co: ...

class _At_config:
    def __get__(self, read: Readable[_Has_config[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_config[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_configuration(Protocol[_A_co]):
    @property
    def configuration(self) -> _A_co: ...

class _At_configuration:
    def __get__(self, read: Readable[_Has_configuration[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_configuration[_Any]], value: object, /) -> None: ...

class _Has_configuration_id(Protocol[_A_co]):
    @property
    def configuration_id(self) -> _A_co: ...

class _At_configuration_id:
    def __get__(self, read: Readable[_Has_configuration_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...

class _Has_container(Protocol[_A_co]):
    @property
    def container(self) -> _A_co: ...

class _At_container:
    def __get__(self, read: Readable[_Has_container[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_container[_Any]], value: object, /) -> None: ...

class _Has_container_id(Protocol[_A_co]):
    @property
    def container_id(self) -> _A_co: ...

class _At_container_id:
    def __get__(self, read: Readable[_Has_container_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_container_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_content(Protocol[_A_co]):
    @property
    def content(self) -> _A_co: ...

class _At_content:
    def __get__(self, read: Readable[_Has_content[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_content[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_context(Protocol[_A_co]):
    @property
    def context(self) -> _A_co: ...

class _At_context:
    def __get__(self, read: Readable[_Has_context[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_context[_Any]], value: object, /) -> None: ...

class _Has_context_id(Protocol[_A_co]):
    @property
    def context_id(self) -> _A_co: ...

class _At_context_id:
    def __get__(self, read: Readable[_Has_context_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_context_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_context_type(Protocol[_A_co]):
    @property
    def context_type(self) -> _A_co: ...

class _At_context_type:
    def __get__(self, read: Readable[_Has_context_type[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_context_type[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_conversation(Protocol[_A_co]):
    @property
    def conversation(self) -> _A_co: ...

class _At_conversation:
    def __get__(self, read: Readable[_Has_conversation[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_conversation[_Any]], value: object, /) -> None: ...

class _Has_conversation_id(Protocol[_A_co]):
    @property
    def conversation_id(self) -> _A_co: ...

class _At_conversation_id:
    def __get__(self, read: Readable[_Has_conversation_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_conversation_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_core(Protocol[_A_co]):
    @property
    def core(self) -> _A_co: ...

class _At_core:
    def __get__(self, read: Readable[_Has_core[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_core[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_created_at(Protocol[_A_co]):
    @property
    def created_at(self) -> _A_co: ...

class _At_created_at:
    def __get__(self, read: Readable[_Has_created_at[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_created_at[_Any]], value: _Arrow | _date | str | None | _Sequence[_Arrow | _date | str | None], /) -> None: ...

class _Has_created_by(Protocol[_A_co]):
    @property
    def created_by(self) -> _A_co: ...

class _At_created_by:
    def __get__(self, read: Readable[_Has_created_by[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_created_by[_Any]], value: object, /) -> None: ...

class _Has_created_by_id(Protocol[_A_co]):
    @property
    def created_by_id(self) -> _A_co: ...

class _At_created_by_id:
    def __get__(self, read: Readable[_Has_created_by_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_created_by_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_created_from_shared_url(Protocol[_A_co]):
    @property
    def created_from_shared_url(self) -> _A_co: ...

class _At_created_from_shared_url:
    def __get__(self, read: Readable[_Has_created_from_shared_url[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_created_from_shared_url[_Any]], value: str | bool | None | _Sequence[str | bool | None], /) -> None: ...

class _Has_creation_time(Protocol[_A_co]):
    @property
    def creation_time(self) -> _A_co: ...

class _At_creation_time:
    def __get__(self, read: Readable[_Has_creation_time[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_creation_time[_Any]], value: _Arrow | _date | str | None | _Sequence[_Arrow | _date | str | None], /) -> None: ...

class _Has_custom_attribute_configurations(Protocol[_A_co]):
    @property
    def custom_attribute_configurations(self) -> _A_co: ...

class _At_custom_attribute_configurations:
    def __get__(self, read: Readable[_Has_custom_attribute_configurations[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_custom_attribute_configurations[_Any]], value: object, /) -> None: ...

class _Has_custom_attribute_links(Protocol[_A_co]):
    @property
    def custom_attribute_links(self) -> _A_co: ...

class _At_custom_attribute_links:
    def __get__(self, read: Readable[_Has_custom_attribute_links[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_custom_attribute_links[_Any]], value: object, /) -> None: ...

class _Has_custom_attribute_links_from(Protocol[_A_co]):
    @property
    def custom_attribute_links_from(self) -> _A_co: ...

class _At_custom_attribute_links_from:
    def __get__(self, read: Readable[_Has_custom_attribute_links_from[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_custom_attribute_links_from[_Any]], value: object, /) -> None: ...

class _Has_custom_attributes(Protocol[_A_co]):
    @property
    def custom_attributes(self) -> _A_co: ...

class _At_custom_attributes:
    def __get__(self, read: Readable[_Has_custom_attributes[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_custom_attributes[_Any]], value: object, /) -> None: ...

class _Has_dashboard(Protocol[_A_co]):
    @property
    def dashboard(self) -> _A_co: ...

class _At_dashboard:
    def __get__(self, read: Readable[_Has_dashboard[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_dashboard[_Any]], value: object, /) -> None: ...

class _Has_dashboard_id(Protocol[_A_co]):
    @property
    def dashboard_id(self) -> _A_co: ...

class _At_dashboard_id:
    def __get__(self, read: Readable[_Has_dashboard_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_dashboard_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_dashboard_resources(Protocol[_A_co]):
    @property
    def dashboard_resources(self) -> _A_co: ...

class _At_dashboard_resources:
    def __get__(self, read: Readable[_Has_dashboard_resources[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_dashboard_resources[_Any]], value: object, /) -> None: ...

class _Has_data(Protocol[_A_co]):
    @property
    def data(self) -> _A_co: ...

class _At_data:
    def __get__(self, read: Readable[_Has_data[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_data[_Any]], value: object, /) -> None: ...

class _Has_date(Protocol[_A_co]):
    @property
    def date(self) -> _A_co: ...

class _At_date:
    def __get__(self, read: Readable[_Has_date[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_date[_Any]], value: _Arrow | _date | str | None | _Sequence[_Arrow | _date | str | None], /) -> None: ...

class _Has_default(Protocol[_A_co]):
    @property
    def default(self) -> _A_co: ...

class _At_default:
    def __get__(self, read: Readable[_Has_default[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_default[_Any]], value: object, /) -> None: ...

class _Has_descendants(Protocol[_A_co]):
    @property
    def descendants(self) -> _A_co: ...

class _At_descendants:
    def __get__(self, read: Readable[_Has_descendants[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_descendants[_Any]], value: object, /) -> None: ...

class _Has_description(Protocol[_A_co]):
    @property
    def description(self) -> _A_co: ...

class _At_description:
    def __get__(self, read: Readable[_Has_description[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_description[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_disk(Protocol[_A_co]):
    @property
    def disk(self) -> _A_co: ...

class _At_disk:
    def __get__(self, read: Readable[_Has_disk[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_disk[_Any]], value: object, /) -> None: ...

class _Has_disk_id(Protocol[_A_co]):
    @property
    def disk_id(self) -> _A_co: ...

class _At_disk_id:
    def __get__(self, read: Readable[_Has_disk_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_disk_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_distance(Protocol[_A_co]):
    @property
    def distance(self) -> _A_co: ...

class _At_distance:
    def __get__(self, read: Readable[_Has_distance[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_distance[_Any]], value: int | None | _Sequence[int | None], /) -> None: ...

class _Has_duration(Protocol[_A_co]):
    @property
    def duration(self) -> _A_co: ...

class _At_duration:
    def __get__(self, read: Readable[_Has_duration[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_duration[_Any]], value: float | None | _Sequence[float | None], /) -> None: ...

class _Has_effort(Protocol[_A_co]):
    @property
    def effort(self) -> _A_co: ...

class _At_effort:
    def __get__(self, read: Readable[_Has_effort[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_effort[_Any]], value: float | None | _Sequence[float | None], /) -> None: ...

class _Has_email(Protocol[_A_co]):
    @property
    def email(self) -> _A_co: ...

class _At_email:
    def __get__(self, read: Readable[_Has_email[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_email[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_end(Protocol[_A_co]):
    @property
    def end(self) -> _A_co: ...

class _At_end:
    def __get__(self, read: Readable[_Has_end[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_end[_Any]], value: _Arrow | _date | str | None | _Sequence[_Arrow | _date | str | None], /) -> None: ...

class _Has_end_date(Protocol[_A_co]):
    @property
    def end_date(self) -> _A_co: ...

class _At_end_date:
    def __get__(self, read: Readable[_Has_end_date[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_end_date[_Any]], value: _Arrow | _date | str | None | _Sequence[_Arrow | _date | str | None], /) -> None: ...

class _Has_entity_id(Protocol[_A_co]):
    @property
    def entity_id(self) -> _A_co: ...

class _At_entity_id:
    def __get__(self, read: Readable[_Has_entity_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_entity_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_entity_type(Protocol[_A_co]):
    @property
    def entity_type(self) -> _A_co: ...

class _At_entity_type:
    def __get__(self, read: Readable[_Has_entity_type[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_entity_type[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_entity_type_to(Protocol[_A_co]):
    @property
    def entity_type_to(self) -> _A_co: ...

class _At_entity_type_to:
    def __get__(self, read: Readable[_Has_entity_type_to[_Chain[_V]]], owner: object, /) -> Values[_V]: ...

class _Has_estimate(Protocol[_A_co]):
    @property
    def estimate(self) -> _A_co: ...

class _At_estimate:
    def __get__(self, read: Readable[_Has_estimate[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_estimate[_Any]], value: float | None | _Sequence[float | None], /) -> None: ...

class _Has_event(Protocol[_A_co]):
    @property
    def event(self) -> _A_co: ...

class _At_event:
    def __get__(self, read: Readable[_Has_event[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_event[_Any]], value: object, /) -> None: ...

class _Has_everyone(Protocol[_A_co]):
    @property
    def everyone(self) -> _A_co: ...

class _At_everyone:
    def __get__(self, read: Readable[_Has_everyone[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_everyone[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_feeds(Protocol[_A_co]):
    @property
    def feeds(self) -> _A_co: ...

class _At_feeds:
    def __get__(self, read: Readable[_Has_feeds[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_feeds[_Any]], value: object, /) -> None: ...

class _Has_file_type(Protocol[_A_co]):
    @property
    def file_type(self) -> _A_co: ...

class _At_file_type:
    def __get__(self, read: Readable[_Has_file_type[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_file_type[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_finished_at(Protocol[_A_co]):
    @property
    def finished_at(self) -> _A_co: ...

class _At_finished_at:
    def __get__(self, read: Readable[_Has_finished_at[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_finished_at[_Any]], value: _Arrow | _date | str | None | _Sequence[_Arrow | _date | str | None], /) -> None: ...

class _Has_first_name(Protocol[_A_co]):
    @property
    def first_name(self) -> _A_co: ...

class _At_first_name:
    def __get__(self, read: Readable[_Has_first_name[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_first_name[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_forecast(Protocol[_A_co]):
    @property
    def forecast(self) -> _A_co: ...

class _At_forecast:
    def __get__(self, read: Readable[_Has_forecast[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_forecast[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_form_config(Protocol[_A_co]):
    @property
    def form_config(self) -> _A_co: ...

class _At_form_config:
    def __get__(self, read: Readable[_Has_form_config[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_form_config[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_frame_number(Protocol[_A_co]):
    @property
    def frame_number(self) -> _A_co: ...

class _At_frame_number:
    def __get__(self, read: Readable[_Has_frame_number[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_frame_number[_Any]], value: int | str | None | _Sequence[int | str | None], /) -> None: ...

class _Has_from_entity_type(Protocol[_A_co]):
    @property
    def from_entity_type(self) -> _A_co: ...

class _At_from_entity_type:
    def __get__(self, read: Readable[_Has_from_entity_type[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_from_entity_type[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_from_id(Protocol[_A_co]):
    @property
    def from_id(self) -> _A_co: ...

class _At_from_id:
    def __get__(self, read: Readable[_Has_from_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_from_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_from_status(Protocol[_A_co]):
    @property
    def from_status(self) -> _A_co: ...

class _At_from_status:
    def __get__(self, read: Readable[_Has_from_status[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_from_status[_Any]], value: object, /) -> None: ...

class _Has_from_status_id(Protocol[_A_co]):
    @property
    def from_status_id(self) -> _A_co: ...

class _At_from_status_id:
    def __get__(self, read: Readable[_Has_from_status_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_from_status_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_full_name(Protocol[_A_co]):
    @property
    def full_name(self) -> _A_co: ...

class _At_full_name:
    def __get__(self, read: Readable[_Has_full_name[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_full_name[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_group(Protocol[_A_co]):
    @property
    def _read_group(self) -> _A_co: ...

class _At_group:
    def __get__(self, read: Readable[_Has_group[_T]], owner: object, /) -> _T: ...
    def __set__(self, changed: EntityCollection[_Has_group[_Any]], value: object, /) -> None: ...

class _Has_group_id(Protocol[_A_co]):
    @property
    def group_id(self) -> _A_co: ...

class _At_group_id:
    def __get__(self, read: Readable[_Has_group_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_group_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_icon(Protocol[_A_co]):
    @property
    def icon(self) -> _A_co: ...

class _At_icon:
    def __get__(self, read: Readable[_Has_icon[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_icon[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_id(Protocol[_A_co]):
    @property
    def id(self) -> _A_co: ...

class _At_id:
    def __get__(self, read: Readable[_Has_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...

class _Has_identifier(Protocol[_A_co]):
    @property
    def identifier(self) -> _A_co: ...

class _At_identifier:
    def __get__(self, read: Readable[_Has_identifier[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_identifier[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_in_reply_to(Protocol[_A_co]):
    @property
    def in_reply_to(self) -> _A_co: ...

class _At_in_reply_to:
    def __get__(self, read: Readable[_Has_in_reply_to[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_in_reply_to[_Any]], value: object, /) -> None: ...

class _Has_in_reply_to_id(Protocol[_A_co]):
    @property
    def in_reply_to_id(self) -> _A_co: ...

class _At_in_reply_to_id:
    def __get__(self, read: Readable[_Has_in_reply_to_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_in_reply_to_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_incoming_links(Protocol[_A_co]):
    @property
    def incoming_links(self) -> _A_co: ...

class _At_incoming_links:
    def __get__(self, read: Readable[_Has_incoming_links[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_incoming_links[_Any]], value: object, /) -> None: ...

class _Has_insert(Protocol[_A_co]):
    @property
    def insert(self) -> _A_co: ...

class _At_insert:
    def __get__(self, read: Readable[_Has_insert[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_insert[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_invitee(Protocol[_A_co]):
    @property
    def invitee(self) -> _A_co: ...

class _At_invitee:
    def __get__(self, read: Readable[_Has_invitee[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_invitee[_Any]], value: object, /) -> None: ...

class _Has_is_active(Protocol[_A_co]):
    @property
    def is_active(self) -> _A_co: ...

class _At_is_active:
    def __get__(self, read: Readable[_Has_is_active[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_is_active[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_is_all_open_projects(Protocol[_A_co]):
    @property
    def is_all_open_projects(self) -> _A_co: ...

class _At_is_all_open_projects:
    def __get__(self, read: Readable[_Has_is_all_open_projects[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_is_all_open_projects[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_is_all_projects(Protocol[_A_co]):
    @property
    def is_all_projects(self) -> _A_co: ...

class _At_is_all_projects:
    def __get__(self, read: Readable[_Has_is_all_projects[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_is_all_projects[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_is_billable(Protocol[_A_co]):
    @property
    def is_billable(self) -> _A_co: ...

class _At_is_billable:
    def __get__(self, read: Readable[_Has_is_billable[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_is_billable[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_is_global(Protocol[_A_co]):
    @property
    def is_global(self) -> _A_co: ...

class _At_is_global:
    def __get__(self, read: Readable[_Has_is_global[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_is_global[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_is_hierarchical(Protocol[_A_co]):
    @property
    def is_hierarchical(self) -> _A_co: ...

class _At_is_hierarchical:
    def __get__(self, read: Readable[_Has_is_hierarchical[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_is_hierarchical[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_is_latest_version(Protocol[_A_co]):
    @property
    def is_latest_version(self) -> _A_co: ...

class _At_is_latest_version:
    def __get__(self, read: Readable[_Has_is_latest_version[_Chain[_V]]], owner: object, /) -> Values[_V]: ...

class _Has_is_leaf(Protocol[_A_co]):
    @property
    def is_leaf(self) -> _A_co: ...

class _At_is_leaf:
    def __get__(self, read: Readable[_Has_is_leaf[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_is_leaf[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_is_moderated(Protocol[_A_co]):
    @property
    def is_moderated(self) -> _A_co: ...

class _At_is_moderated:
    def __get__(self, read: Readable[_Has_is_moderated[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_is_moderated[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_is_open(Protocol[_A_co]):
    @property
    def is_open(self) -> _A_co: ...

class _At_is_open:
    def __get__(self, read: Readable[_Has_is_open[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_is_open[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_is_otp_enabled(Protocol[_A_co]):
    @property
    def is_otp_enabled(self) -> _A_co: ...

class _At_is_otp_enabled:
    def __get__(self, read: Readable[_Has_is_otp_enabled[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_is_otp_enabled[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_is_prioritizable(Protocol[_A_co]):
    @property
    def is_prioritizable(self) -> _A_co: ...

class _At_is_prioritizable:
    def __get__(self, read: Readable[_Has_is_prioritizable[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_is_prioritizable[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_is_private(Protocol[_A_co]):
    @property
    def is_private(self) -> _A_co: ...

class _At_is_private:
    def __get__(self, read: Readable[_Has_is_private[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_is_private[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_is_published(Protocol[_A_co]):
    @property
    def is_published(self) -> _A_co: ...

class _At_is_published:
    def __get__(self, read: Readable[_Has_is_published[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_is_published[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_is_schedulable(Protocol[_A_co]):
    @property
    def is_schedulable(self) -> _A_co: ...

class _At_is_schedulable:
    def __get__(self, read: Readable[_Has_is_schedulable[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_is_schedulable[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_is_shared_with_everyone(Protocol[_A_co]):
    @property
    def is_shared_with_everyone(self) -> _A_co: ...

class _At_is_shared_with_everyone:
    def __get__(self, read: Readable[_Has_is_shared_with_everyone[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_is_shared_with_everyone[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_is_statusable(Protocol[_A_co]):
    @property
    def is_statusable(self) -> _A_co: ...

class _At_is_statusable:
    def __get__(self, read: Readable[_Has_is_statusable[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_is_statusable[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_is_taskable(Protocol[_A_co]):
    @property
    def is_taskable(self) -> _A_co: ...

class _At_is_taskable:
    def __get__(self, read: Readable[_Has_is_taskable[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_is_taskable[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_is_time_reportable(Protocol[_A_co]):
    @property
    def is_time_reportable(self) -> _A_co: ...

class _At_is_time_reportable:
    def __get__(self, read: Readable[_Has_is_time_reportable[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_is_time_reportable[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_is_todo(Protocol[_A_co]):
    @property
    def is_todo(self) -> _A_co: ...

class _At_is_todo:
    def __get__(self, read: Readable[_Has_is_todo[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_is_todo[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_is_totp_enabled(Protocol[_A_co]):
    @property
    def is_totp_enabled(self) -> _A_co: ...

class _At_is_totp_enabled:
    def __get__(self, read: Readable[_Has_is_totp_enabled[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_is_totp_enabled[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_is_typeable(Protocol[_A_co]):
    @property
    def is_typeable(self) -> _A_co: ...

class _At_is_typeable:
    def __get__(self, read: Readable[_Has_is_typeable[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_is_typeable[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_items(Protocol[_A_co]):
    @property
    def items(self) -> _A_co: ...

class _At_items:
    def __get__(self, read: Readable[_Has_items[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_items[_Any]], value: object, /) -> None: ...

class _Has_job(Protocol[_A_co]):
    @property
    def job(self) -> _A_co: ...

class _At_job:
    def __get__(self, read: Readable[_Has_job[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_job[_Any]], value: object, /) -> None: ...

class _Has_job_components(Protocol[_A_co]):
    @property
    def job_components(self) -> _A_co: ...

class _At_job_components:
    def __get__(self, read: Readable[_Has_job_components[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_job_components[_Any]], value: object, /) -> None: ...

class _Has_job_id(Protocol[_A_co]):
    @property
    def job_id(self) -> _A_co: ...

class _At_job_id:
    def __get__(self, read: Readable[_Has_job_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...

class _Has_key(Protocol[_A_co]):
    @property
    def key(self) -> _A_co: ...

class _At_key:
    def __get__(self, read: Readable[_Has_key[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_key[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_label(Protocol[_A_co]):
    @property
    def _read_label(self) -> _A_co: ...

class _At_label:
    def __get__(self, read: Readable[_Has_label[_T]], owner: object, /) -> _T: ...
    def __set__(self, changed: EntityCollection[_Has_label[_Any]], value: object, /) -> None: ...

class _Has_label_id(Protocol[_A_co]):
    @property
    def label_id(self) -> _A_co: ...

class _At_label_id:
    def __get__(self, read: Readable[_Has_label_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...

class _Has_lag(Protocol[_A_co]):
    @property
    def lag(self) -> _A_co: ...

class _At_lag:
    def __get__(self, read: Readable[_Has_lag[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_lag[_Any]], value: float | None | _Sequence[float | None], /) -> None: ...

class _Has_last_name(Protocol[_A_co]):
    @property
    def last_name(self) -> _A_co: ...

class _At_last_name:
    def __get__(self, read: Readable[_Has_last_name[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_last_name[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_last_sent_at(Protocol[_A_co]):
    @property
    def last_sent_at(self) -> _A_co: ...

class _At_last_sent_at:
    def __get__(self, read: Readable[_Has_last_sent_at[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_last_sent_at[_Any]], value: _Arrow | _date | str | None | _Sequence[_Arrow | _date | str | None], /) -> None: ...

class _Has_last_visit(Protocol[_A_co]):
    @property
    def last_visit(self) -> _A_co: ...

class _At_last_visit:
    def __get__(self, read: Readable[_Has_last_visit[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_last_visit[_Any]], value: _Arrow | _date | str | None | _Sequence[_Arrow | _date | str | None], /) -> None: ...

class _Has_latest_version(Protocol[_A_co]):
    @property
    def latest_version(self) -> _A_co: ...

class _At_latest_version:
    def __get__(self, read: Readable[_Has_latest_version[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...

class _Has_leave(Protocol[_A_co]):
    @property
    def leave(self) -> _A_co: ...

class _At_leave:
    def __get__(self, read: Readable[_Has_leave[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_leave[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_link(Protocol[_A_co]):
    @property
    def link(self) -> _A_co: ...

class _At_link:
    def __get__(self, read: Readable[_Has_link[_Chain[_V]]], owner: object, /) -> Values[_V]: ...

class _Has_list(Protocol[_A_co]):
    @property
    def list(self) -> _A_co: ...

class _At_list:
    def __get__(self, read: Readable[_Has_list[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_list[_Any]], value: object, /) -> None: ...

class _Has_list_id(Protocol[_A_co]):
    @property
    def list_id(self) -> _A_co: ...

class _At_list_id:
    def __get__(self, read: Readable[_Has_list_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_list_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_lists(Protocol[_A_co]):
    @property
    def lists(self) -> _A_co: ...

class _At_lists:
    def __get__(self, read: Readable[_Has_lists[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_lists[_Any]], value: object, /) -> None: ...

class _Has_local(Protocol[_A_co]):
    @property
    def local(self) -> _A_co: ...

class _At_local:
    def __get__(self, read: Readable[_Has_local[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_local[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_location(Protocol[_A_co]):
    @property
    def location(self) -> _A_co: ...

class _At_location:
    def __get__(self, read: Readable[_Has_location[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_location[_Any]], value: object, /) -> None: ...

class _Has_location_components(Protocol[_A_co]):
    @property
    def location_components(self) -> _A_co: ...

class _At_location_components:
    def __get__(self, read: Readable[_Has_location_components[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_location_components[_Any]], value: object, /) -> None: ...

class _Has_location_id(Protocol[_A_co]):
    @property
    def location_id(self) -> _A_co: ...

class _At_location_id:
    def __get__(self, read: Readable[_Has_location_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_location_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_managers(Protocol[_A_co]):
    @property
    def managers(self) -> _A_co: ...

class _At_managers:
    def __get__(self, read: Readable[_Has_managers[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_managers[_Any]], value: object, /) -> None: ...

class _Has_members(Protocol[_A_co]):
    @property
    def members(self) -> _A_co: ...

class _At_members:
    def __get__(self, read: Readable[_Has_members[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_members[_Any]], value: object, /) -> None: ...

class _Has_memberships(Protocol[_A_co]):
    @property
    def memberships(self) -> _A_co: ...

class _At_memberships:
    def __get__(self, read: Readable[_Has_memberships[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_memberships[_Any]], value: object, /) -> None: ...

class _Has_messages(Protocol[_A_co]):
    @property
    def messages(self) -> _A_co: ...

class _At_messages:
    def __get__(self, read: Readable[_Has_messages[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_messages[_Any]], value: object, /) -> None: ...

class _Has_metadata(Protocol[_A_co]):
    @property
    def metadata(self) -> _A_co: ...

class _At_metadata:
    def __get__(self, read: Readable[_Has_metadata[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_metadata[_Any]], value: object, /) -> None: ...

class _Has_name(Protocol[_A_co]):
    @property
    def name(self) -> _A_co: ...

class _At_name:
    def __get__(self, read: Readable[_Has_name[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_name[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_note(Protocol[_A_co]):
    @property
    def note(self) -> _A_co: ...

class _At_note:
    def __get__(self, read: Readable[_Has_note[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_note[_Any]], value: object, /) -> None: ...

class _Has_note_components(Protocol[_A_co]):
    @property
    def note_components(self) -> _A_co: ...

class _At_note_components:
    def __get__(self, read: Readable[_Has_note_components[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_note_components[_Any]], value: object, /) -> None: ...

class _Has_note_id(Protocol[_A_co]):
    @property
    def note_id(self) -> _A_co: ...

class _At_note_id:
    def __get__(self, read: Readable[_Has_note_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...

class _Has_note_label_links(Protocol[_A_co]):
    @property
    def note_label_links(self) -> _A_co: ...

class _At_note_label_links:
    def __get__(self, read: Readable[_Has_note_label_links[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_note_label_links[_Any]], value: object, /) -> None: ...

class _Has_notes(Protocol[_A_co]):
    @property
    def notes(self) -> _A_co: ...

class _At_notes:
    def __get__(self, read: Readable[_Has_notes[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_notes[_Any]], value: object, /) -> None: ...

class _Has_object_type(Protocol[_A_co]):
    @property
    def object_type(self) -> _A_co: ...

class _At_object_type:
    def __get__(self, read: Readable[_Has_object_type[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_object_type[_Any]], value: object, /) -> None: ...

class _Has_object_type_id(Protocol[_A_co]):
    @property
    def object_type_id(self) -> _A_co: ...

class _At_object_type_id:
    def __get__(self, read: Readable[_Has_object_type_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_object_type_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_object_type_id_to(Protocol[_A_co]):
    @property
    def object_type_id_to(self) -> _A_co: ...

class _At_object_type_id_to:
    def __get__(self, read: Readable[_Has_object_type_id_to[_Chain[_V]]], owner: object, /) -> Values[_V]: ...

class _Has_object_type_schemas(Protocol[_A_co]):
    @property
    def object_type_schemas(self) -> _A_co: ...

class _At_object_type_schemas:
    def __get__(self, read: Readable[_Has_object_type_schemas[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_object_type_schemas[_Any]], value: object, /) -> None: ...

class _Has_object_type_to(Protocol[_A_co]):
    @property
    def object_type_to(self) -> _A_co: ...

class _At_object_type_to:
    def __get__(self, read: Readable[_Has_object_type_to[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_object_type_to[_Any]], value: object, /) -> None: ...

class _Has_object_types(Protocol[_A_co]):
    @property
    def object_types(self) -> _A_co: ...

class _At_object_types:
    def __get__(self, read: Readable[_Has_object_types[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_object_types[_Any]], value: object, /) -> None: ...

class _Has_one_to_one(Protocol[_A_co]):
    @property
    def one_to_one(self) -> _A_co: ...

class _At_one_to_one:
    def __get__(self, read: Readable[_Has_one_to_one[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_one_to_one[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_outgoing_links(Protocol[_A_co]):
    @property
    def outgoing_links(self) -> _A_co: ...

class _At_outgoing_links:
    def __get__(self, read: Readable[_Has_outgoing_links[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_outgoing_links[_Any]], value: object, /) -> None: ...

class _Has_overrides(Protocol[_A_co]):
    @property
    def overrides(self) -> _A_co: ...

class _At_overrides:
    def __get__(self, read: Readable[_Has_overrides[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_overrides[_Any]], value: object, /) -> None: ...

class _Has_owner(Protocol[_A_co]):
    @property
    def owner(self) -> _A_co: ...

class _At_owner:
    def __get__(self, read: Readable[_Has_owner[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_owner[_Any]], value: object, /) -> None: ...

class _Has_owner_id(Protocol[_A_co]):
    @property
    def owner_id(self) -> _A_co: ...

class _At_owner_id:
    def __get__(self, read: Readable[_Has_owner_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_owner_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_padding(Protocol[_A_co]):
    @property
    def padding(self) -> _A_co: ...

class _At_padding:
    def __get__(self, read: Readable[_Has_padding[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_padding[_Any]], value: int | None | _Sequence[int | None], /) -> None: ...

class _Has_parent(Protocol[_A_co]):
    @property
    def parent(self) -> _A_co: ...

class _At_parent:
    def __get__(self, read: Readable[_Has_parent[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_parent[_Any]], value: object, /) -> None: ...

class _Has_parent_id(Protocol[_A_co]):
    @property
    def parent_id(self) -> _A_co: ...

class _At_parent_id:
    def __get__(self, read: Readable[_Has_parent_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_parent_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_parent_type(Protocol[_A_co]):
    @property
    def parent_type(self) -> _A_co: ...

class _At_parent_type:
    def __get__(self, read: Readable[_Has_parent_type[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_parent_type[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_participants(Protocol[_A_co]):
    @property
    def participants(self) -> _A_co: ...

class _At_participants:
    def __get__(self, read: Readable[_Has_participants[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_participants[_Any]], value: object, /) -> None: ...

class _Has_passphrase(Protocol[_A_co]):
    @property
    def passphrase(self) -> _A_co: ...

class _At_passphrase:
    def __get__(self, read: Readable[_Has_passphrase[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_passphrase[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_passphrase_enabled(Protocol[_A_co]):
    @property
    def passphrase_enabled(self) -> _A_co: ...

class _At_passphrase_enabled:
    def __get__(self, read: Readable[_Has_passphrase_enabled[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_passphrase_enabled[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_prefix(Protocol[_A_co]):
    @property
    def prefix(self) -> _A_co: ...

class _At_prefix:
    def __get__(self, read: Readable[_Has_prefix[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_prefix[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_priority(Protocol[_A_co]):
    @property
    def priority(self) -> _A_co: ...

class _At_priority:
    def __get__(self, read: Readable[_Has_priority[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_priority[_Any]], value: object, /) -> None: ...

class _Has_priority_id(Protocol[_A_co]):
    @property
    def priority_id(self) -> _A_co: ...

class _At_priority_id:
    def __get__(self, read: Readable[_Has_priority_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_priority_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_project(Protocol[_A_co]):
    @property
    def project(self) -> _A_co: ...

class _At_project:
    def __get__(self, read: Readable[_Has_project[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_project[_Any]], value: object, /) -> None: ...

class _Has_project_id(Protocol[_A_co]):
    @property
    def project_id(self) -> _A_co: ...

class _At_project_id:
    def __get__(self, read: Readable[_Has_project_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_project_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_project_schema(Protocol[_A_co]):
    @property
    def project_schema(self) -> _A_co: ...

class _At_project_schema:
    def __get__(self, read: Readable[_Has_project_schema[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_project_schema[_Any]], value: object, /) -> None: ...

class _Has_project_schema_id(Protocol[_A_co]):
    @property
    def project_schema_id(self) -> _A_co: ...

class _At_project_schema_id:
    def __get__(self, read: Readable[_Has_project_schema_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_project_schema_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_project_schemas(Protocol[_A_co]):
    @property
    def project_schemas(self) -> _A_co: ...

class _At_project_schemas:
    def __get__(self, read: Readable[_Has_project_schemas[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_project_schemas[_Any]], value: object, /) -> None: ...

class _Has_projects(Protocol[_A_co]):
    @property
    def projects(self) -> _A_co: ...

class _At_projects:
    def __get__(self, read: Readable[_Has_projects[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_projects[_Any]], value: object, /) -> None: ...

class _Has_read_security_roles(Protocol[_A_co]):
    @property
    def read_security_roles(self) -> _A_co: ...

class _At_read_security_roles:
    def __get__(self, read: Readable[_Has_read_security_roles[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_read_security_roles[_Any]], value: object, /) -> None: ...

class _Has_recipient(Protocol[_A_co]):
    @property
    def recipient(self) -> _A_co: ...

class _At_recipient:
    def __get__(self, read: Readable[_Has_recipient[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_recipient[_Any]], value: object, /) -> None: ...

class _Has_recipients(Protocol[_A_co]):
    @property
    def recipients(self) -> _A_co: ...

class _At_recipients:
    def __get__(self, read: Readable[_Has_recipients[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_recipients[_Any]], value: object, /) -> None: ...

class _Has_relation(Protocol[_A_co]):
    @property
    def relation(self) -> _A_co: ...

class _At_relation:
    def __get__(self, read: Readable[_Has_relation[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_relation[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_replies(Protocol[_A_co]):
    @property
    def replies(self) -> _A_co: ...

class _At_replies:
    def __get__(self, read: Readable[_Has_replies[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_replies[_Any]], value: object, /) -> None: ...

class _Has_require_details_update(Protocol[_A_co]):
    @property
    def require_details_update(self) -> _A_co: ...

class _At_require_details_update:
    def __get__(self, read: Readable[_Has_require_details_update[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_require_details_update[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_resource(Protocol[_A_co]):
    @property
    def resource(self) -> _A_co: ...

class _At_resource:
    def __get__(self, read: Readable[_Has_resource[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_resource[_Any]], value: object, /) -> None: ...

class _Has_resource_id(Protocol[_A_co]):
    @property
    def resource_id(self) -> _A_co: ...

class _At_resource_id:
    def __get__(self, read: Readable[_Has_resource_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_resource_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_resource_identifier(Protocol[_A_co]):
    @property
    def resource_identifier(self) -> _A_co: ...

class _At_resource_identifier:
    def __get__(self, read: Readable[_Has_resource_identifier[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_resource_identifier[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_resource_type(Protocol[_A_co]):
    @property
    def resource_type(self) -> _A_co: ...

class _At_resource_type:
    def __get__(self, read: Readable[_Has_resource_type[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_resource_type[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_review_session(Protocol[_A_co]):
    @property
    def review_session(self) -> _A_co: ...

class _At_review_session:
    def __get__(self, read: Readable[_Has_review_session[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_review_session[_Any]], value: object, /) -> None: ...

class _Has_review_session_folder(Protocol[_A_co]):
    @property
    def review_session_folder(self) -> _A_co: ...

class _At_review_session_folder:
    def __get__(self, read: Readable[_Has_review_session_folder[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_review_session_folder[_Any]], value: object, /) -> None: ...

class _Has_review_session_folder_id(Protocol[_A_co]):
    @property
    def review_session_folder_id(self) -> _A_co: ...

class _At_review_session_folder_id:
    def __get__(self, read: Readable[_Has_review_session_folder_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_review_session_folder_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_review_session_folders(Protocol[_A_co]):
    @property
    def review_session_folders(self) -> _A_co: ...

class _At_review_session_folders:
    def __get__(self, read: Readable[_Has_review_session_folders[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_review_session_folders[_Any]], value: object, /) -> None: ...

class _Has_review_session_id(Protocol[_A_co]):
    @property
    def review_session_id(self) -> _A_co: ...

class _At_review_session_id:
    def __get__(self, read: Readable[_Has_review_session_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_review_session_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_review_session_invitee_id(Protocol[_A_co]):
    @property
    def review_session_invitee_id(self) -> _A_co: ...

class _At_review_session_invitee_id:
    def __get__(self, read: Readable[_Has_review_session_invitee_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_review_session_invitee_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_review_session_invitees(Protocol[_A_co]):
    @property
    def review_session_invitees(self) -> _A_co: ...

class _At_review_session_invitees:
    def __get__(self, read: Readable[_Has_review_session_invitees[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_review_session_invitees[_Any]], value: object, /) -> None: ...

class _Has_review_session_object(Protocol[_A_co]):
    @property
    def review_session_object(self) -> _A_co: ...

class _At_review_session_object:
    def __get__(self, read: Readable[_Has_review_session_object[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_review_session_object[_Any]], value: object, /) -> None: ...

class _Has_review_session_object_id(Protocol[_A_co]):
    @property
    def review_session_object_id(self) -> _A_co: ...

class _At_review_session_object_id:
    def __get__(self, read: Readable[_Has_review_session_object_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_review_session_object_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_review_session_objects(Protocol[_A_co]):
    @property
    def review_session_objects(self) -> _A_co: ...

class _At_review_session_objects:
    def __get__(self, read: Readable[_Has_review_session_objects[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_review_session_objects[_Any]], value: object, /) -> None: ...

class _Has_review_sessions(Protocol[_A_co]):
    @property
    def review_sessions(self) -> _A_co: ...

class _At_review_sessions:
    def __get__(self, read: Readable[_Has_review_sessions[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_review_sessions[_Any]], value: object, /) -> None: ...

class _Has_role(Protocol[_A_co]):
    @property
    def role(self) -> _A_co: ...

class _At_role:
    def __get__(self, read: Readable[_Has_role[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_role[_Any]], value: object, /) -> None: ...

class _Has_role_id(Protocol[_A_co]):
    @property
    def role_id(self) -> _A_co: ...

class _At_role_id:
    def __get__(self, read: Readable[_Has_role_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_role_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_root(Protocol[_A_co]):
    @property
    def root(self) -> _A_co: ...

class _At_root:
    def __get__(self, read: Readable[_Has_root[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_root[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_schema(Protocol[_A_co]):
    @property
    def schema(self) -> _A_co: ...

class _At_schema:
    def __get__(self, read: Readable[_Has_schema[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_schema[_Any]], value: object, /) -> None: ...

class _Has_schema_id(Protocol[_A_co]):
    @property
    def schema_id(self) -> _A_co: ...

class _At_schema_id:
    def __get__(self, read: Readable[_Has_schema_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_schema_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_scopes(Protocol[_A_co]):
    @property
    def scopes(self) -> _A_co: ...

class _At_scopes:
    def __get__(self, read: Readable[_Has_scopes[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_scopes[_Any]], value: object, /) -> None: ...

class _Has_security_role(Protocol[_A_co]):
    @property
    def security_role(self) -> _A_co: ...

class _At_security_role:
    def __get__(self, read: Readable[_Has_security_role[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_security_role[_Any]], value: object, /) -> None: ...

class _Has_security_role_id(Protocol[_A_co]):
    @property
    def security_role_id(self) -> _A_co: ...

class _At_security_role_id:
    def __get__(self, read: Readable[_Has_security_role_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_security_role_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_setting(Protocol[_A_co]):
    @property
    def setting(self) -> _A_co: ...

class _At_setting:
    def __get__(self, read: Readable[_Has_setting[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_setting[_Any]], value: object, /) -> None: ...

class _Has_settings(Protocol[_A_co]):
    @property
    def settings(self) -> _A_co: ...

class _At_settings:
    def __get__(self, read: Readable[_Has_settings[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_settings[_Any]], value: object, /) -> None: ...

class _Has_shareable_url_enabled(Protocol[_A_co]):
    @property
    def shareable_url_enabled(self) -> _A_co: ...

class _At_shareable_url_enabled:
    def __get__(self, read: Readable[_Has_shareable_url_enabled[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_shareable_url_enabled[_Any]], value: bool | None | _Sequence[bool | None], /) -> None: ...

class _Has_shared_with(Protocol[_A_co]):
    @property
    def shared_with(self) -> _A_co: ...

class _At_shared_with:
    def __get__(self, read: Readable[_Has_shared_with[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_shared_with[_Any]], value: object, /) -> None: ...

class _Has_short(Protocol[_A_co]):
    @property
    def short(self) -> _A_co: ...

class _At_short:
    def __get__(self, read: Readable[_Has_short[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_short[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_size(Protocol[_A_co]):
    @property
    def size(self) -> _A_co: ...

class _At_size:
    def __get__(self, read: Readable[_Has_size[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_size[_Any]], value: int | None | _Sequence[int | None], /) -> None: ...

class _Has_social_id(Protocol[_A_co]):
    @property
    def social_id(self) -> _A_co: ...

class _At_social_id:
    def __get__(self, read: Readable[_Has_social_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_social_id[_Any]], value: int | None | _Sequence[int | None], /) -> None: ...

class _Has_sort(Protocol[_A_co]):
    @property
    def sort(self) -> _A_co: ...

class _At_sort:
    def __get__(self, read: Readable[_Has_sort[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_sort[_Any]], value: int | float | None | _Sequence[int | float | None], /) -> None: ...

class _Has_sort_order(Protocol[_A_co]):
    @property
    def sort_order(self) -> _A_co: ...

class _At_sort_order:
    def __get__(self, read: Readable[_Has_sort_order[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_sort_order[_Any]], value: float | None | _Sequence[float | None], /) -> None: ...

class _Has_split_parts(Protocol[_A_co]):
    @property
    def split_parts(self) -> _A_co: ...

class _At_split_parts:
    def __get__(self, read: Readable[_Has_split_parts[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_split_parts[_Any]], value: object, /) -> None: ...

class _Has_start(Protocol[_A_co]):
    @property
    def start(self) -> _A_co: ...

class _At_start:
    def __get__(self, read: Readable[_Has_start[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_start[_Any]], value: _Arrow | _date | str | None | _Sequence[_Arrow | _date | str | None], /) -> None: ...

class _Has_start_date(Protocol[_A_co]):
    @property
    def start_date(self) -> _A_co: ...

class _At_start_date:
    def __get__(self, read: Readable[_Has_start_date[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_start_date[_Any]], value: _Arrow | _date | str | None | _Sequence[_Arrow | _date | str | None], /) -> None: ...

class _Has_state(Protocol[_A_co]):
    @property
    def state(self) -> _A_co: ...

class _At_state:
    def __get__(self, read: Readable[_Has_state[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_state[_Any]], value: object, /) -> None: ...

class _Has_status(Protocol[_A_co]):
    @property
    def _read_status(self) -> _A_co: ...

class _At_status:
    def __get__(self, read: Readable[_Has_status[_T]], owner: object, /) -> _T: ...
    def __set__(self, changed: EntityCollection[_Has_status[_Any]], value: object, /) -> None: ...

class _Has_status_changes(Protocol[_A_co]):
    @property
    def status_changes(self) -> _A_co: ...

class _At_status_changes:
    def __get__(self, read: Readable[_Has_status_changes[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_status_changes[_Any]], value: object, /) -> None: ...

class _Has_status_id(Protocol[_A_co]):
    @property
    def status_id(self) -> _A_co: ...

class _At_status_id:
    def __get__(self, read: Readable[_Has_status_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_status_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_status_rule_group(Protocol[_A_co]):
    @property
    def status_rule_group(self) -> _A_co: ...

class _At_status_rule_group:
    def __get__(self, read: Readable[_Has_status_rule_group[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_status_rule_group[_Any]], value: object, /) -> None: ...

class _Has_status_rule_group_id(Protocol[_A_co]):
    @property
    def status_rule_group_id(self) -> _A_co: ...

class _At_status_rule_group_id:
    def __get__(self, read: Readable[_Has_status_rule_group_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_status_rule_group_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_status_rules(Protocol[_A_co]):
    @property
    def status_rules(self) -> _A_co: ...

class _At_status_rules:
    def __get__(self, read: Readable[_Has_status_rules[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_status_rules[_Any]], value: object, /) -> None: ...

class _Has_statuses(Protocol[_A_co]):
    @property
    def statuses(self) -> _A_co: ...

class _At_statuses:
    def __get__(self, read: Readable[_Has_statuses[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_statuses[_Any]], value: object, /) -> None: ...

class _Has_system_type(Protocol[_A_co]):
    @property
    def system_type(self) -> _A_co: ...

class _At_system_type:
    def __get__(self, read: Readable[_Has_system_type[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_system_type[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_task(Protocol[_A_co]):
    @property
    def task(self) -> _A_co: ...

class _At_task:
    def __get__(self, read: Readable[_Has_task[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_task[_Any]], value: object, /) -> None: ...

class _Has_task_id(Protocol[_A_co]):
    @property
    def task_id(self) -> _A_co: ...

class _At_task_id:
    def __get__(self, read: Readable[_Has_task_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_task_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_task_status(Protocol[_A_co]):
    @property
    def task_status(self) -> _A_co: ...

class _At_task_status:
    def __get__(self, read: Readable[_Has_task_status[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_task_status[_Any]], value: object, /) -> None: ...

class _Has_task_templates(Protocol[_A_co]):
    @property
    def task_templates(self) -> _A_co: ...

class _At_task_templates:
    def __get__(self, read: Readable[_Has_task_templates[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_task_templates[_Any]], value: object, /) -> None: ...

class _Has_task_type(Protocol[_A_co]):
    @property
    def task_type(self) -> _A_co: ...

class _At_task_type:
    def __get__(self, read: Readable[_Has_task_type[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_task_type[_Any]], value: object, /) -> None: ...

class _Has_task_type_id(Protocol[_A_co]):
    @property
    def task_type_id(self) -> _A_co: ...

class _At_task_type_id:
    def __get__(self, read: Readable[_Has_task_type_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_task_type_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_task_type_schema(Protocol[_A_co]):
    @property
    def task_type_schema(self) -> _A_co: ...

class _At_task_type_schema:
    def __get__(self, read: Readable[_Has_task_type_schema[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_task_type_schema[_Any]], value: object, /) -> None: ...

class _Has_task_type_schema_id(Protocol[_A_co]):
    @property
    def task_type_schema_id(self) -> _A_co: ...

class _At_task_type_schema_id:
    def __get__(self, read: Readable[_Has_task_type_schema_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_task_type_schema_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_task_type_schemas(Protocol[_A_co]):
    @property
    def task_type_schemas(self) -> _A_co: ...

class _At_task_type_schemas:
    def __get__(self, read: Readable[_Has_task_type_schemas[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_task_type_schemas[_Any]], value: object, /) -> None: ...

class _Has_task_workflow_schema(Protocol[_A_co]):
    @property
    def task_workflow_schema(self) -> _A_co: ...

class _At_task_workflow_schema:
    def __get__(self, read: Readable[_Has_task_workflow_schema[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_task_workflow_schema[_Any]], value: object, /) -> None: ...

class _Has_task_workflow_schema_id(Protocol[_A_co]):
    @property
    def task_workflow_schema_id(self) -> _A_co: ...

class _At_task_workflow_schema_id:
    def __get__(self, read: Readable[_Has_task_workflow_schema_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_task_workflow_schema_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_task_workflow_schema_overrides(Protocol[_A_co]):
    @property
    def task_workflow_schema_overrides(self) -> _A_co: ...

class _At_task_workflow_schema_overrides:
    def __get__(self, read: Readable[_Has_task_workflow_schema_overrides[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_task_workflow_schema_overrides[_Any]], value: object, /) -> None: ...

class _Has_tasks(Protocol[_A_co]):
    @property
    def tasks(self) -> _A_co: ...

class _At_tasks:
    def __get__(self, read: Readable[_Has_tasks[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_tasks[_Any]], value: object, /) -> None: ...

class _Has_template(Protocol[_A_co]):
    @property
    def template(self) -> _A_co: ...

class _At_template:
    def __get__(self, read: Readable[_Has_template[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_template[_Any]], value: object, /) -> None: ...

class _Has_template_id(Protocol[_A_co]):
    @property
    def template_id(self) -> _A_co: ...

class _At_template_id:
    def __get__(self, read: Readable[_Has_template_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_template_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_text(Protocol[_A_co]):
    @property
    def text(self) -> _A_co: ...

class _At_text:
    def __get__(self, read: Readable[_Has_text[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_text[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_text_mentioned(Protocol[_A_co]):
    @property
    def text_mentioned(self) -> _A_co: ...

class _At_text_mentioned:
    def __get__(self, read: Readable[_Has_text_mentioned[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_text_mentioned[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_thread_activity(Protocol[_A_co]):
    @property
    def thread_activity(self) -> _A_co: ...

class _At_thread_activity:
    def __get__(self, read: Readable[_Has_thread_activity[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_thread_activity[_Any]], value: _Arrow | _date | str | None | _Sequence[_Arrow | _date | str | None], /) -> None: ...

class _Has_thumbnail(Protocol[_A_co]):
    @property
    def thumbnail(self) -> _A_co: ...

class _At_thumbnail:
    def __get__(self, read: Readable[_Has_thumbnail[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_thumbnail[_Any]], value: object, /) -> None: ...

class _Has_thumbnail_id(Protocol[_A_co]):
    @property
    def thumbnail_id(self) -> _A_co: ...

class _At_thumbnail_id:
    def __get__(self, read: Readable[_Has_thumbnail_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_thumbnail_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_thumbnail_source_id(Protocol[_A_co]):
    @property
    def thumbnail_source_id(self) -> _A_co: ...

class _At_thumbnail_source_id:
    def __get__(self, read: Readable[_Has_thumbnail_source_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_thumbnail_source_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_thumbnail_url(Protocol[_A_co]):
    @property
    def thumbnail_url(self) -> _A_co: ...

class _At_thumbnail_url:
    def __get__(self, read: Readable[_Has_thumbnail_url[_Chain[_V]]], owner: object, /) -> Values[_V]: ...

class _Has_time_logged(Protocol[_A_co]):
    @property
    def time_logged(self) -> _A_co: ...

class _At_time_logged:
    def __get__(self, read: Readable[_Has_time_logged[_Chain[_V]]], owner: object, /) -> Values[_V]: ...

class _Has_time_zone_offset(Protocol[_A_co]):
    @property
    def time_zone_offset(self) -> _A_co: ...

class _At_time_zone_offset:
    def __get__(self, read: Readable[_Has_time_zone_offset[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_time_zone_offset[_Any]], value: float | None | _Sequence[float | None], /) -> None: ...

class _Has_timelogs(Protocol[_A_co]):
    @property
    def timelogs(self) -> _A_co: ...

class _At_timelogs:
    def __get__(self, read: Readable[_Has_timelogs[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_timelogs[_Any]], value: object, /) -> None: ...

class _Has_to(Protocol[_A_co]):
    @property
    def to(self) -> _A_co: ...

class _At_to:
    def __get__(self, read: Readable[_Has_to[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_to[_Any]], value: object, /) -> None: ...

class _Has_to_entity_type(Protocol[_A_co]):
    @property
    def to_entity_type(self) -> _A_co: ...

class _At_to_entity_type:
    def __get__(self, read: Readable[_Has_to_entity_type[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_to_entity_type[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_to_id(Protocol[_A_co]):
    @property
    def to_id(self) -> _A_co: ...

class _At_to_id:
    def __get__(self, read: Readable[_Has_to_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_to_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_type(Protocol[_A_co]):
    @property
    def _read_type(self) -> _A_co: ...

class _At_type:
    def __get__(self, read: Readable[_Has_type[_T]], owner: object, /) -> _T: ...
    def __set__(self, changed: EntityCollection[_Has_type[_Any]], value: object, /) -> None: ...

class _Has_type_id(Protocol[_A_co]):
    @property
    def type_id(self) -> _A_co: ...

class _At_type_id:
    def __get__(self, read: Readable[_Has_type_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_type_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_types(Protocol[_A_co]):
    @property
    def types(self) -> _A_co: ...

class _At_types:
    def __get__(self, read: Readable[_Has_types[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_types[_Any]], value: object, /) -> None: ...

class _Has_unix(Protocol[_A_co]):
    @property
    def unix(self) -> _A_co: ...

class _At_unix:
    def __get__(self, read: Readable[_Has_unix[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_unix[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_updated_at(Protocol[_A_co]):
    @property
    def updated_at(self) -> _A_co: ...

class _At_updated_at:
    def __get__(self, read: Readable[_Has_updated_at[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_updated_at[_Any]], value: _Arrow | _date | str | None | _Sequence[_Arrow | _date | str | None], /) -> None: ...

class _Has_url(Protocol[_A_co]):
    @property
    def url(self) -> _A_co: ...

class _At_url:
    def __get__(self, read: Readable[_Has_url[_Chain[_V]]], owner: object, /) -> Values[_V]: ...

class _Has_used_in_versions(Protocol[_A_co]):
    @property
    def used_in_versions(self) -> _A_co: ...

class _At_used_in_versions:
    def __get__(self, read: Readable[_Has_used_in_versions[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_used_in_versions[_Any]], value: object, /) -> None: ...

class _Has_user(Protocol[_A_co]):
    @property
    def user(self) -> _A_co: ...

class _At_user:
    def __get__(self, read: Readable[_Has_user[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_user[_Any]], value: object, /) -> None: ...

class _Has_user_id(Protocol[_A_co]):
    @property
    def user_id(self) -> _A_co: ...

class _At_user_id:
    def __get__(self, read: Readable[_Has_user_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_user_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_user_security_role(Protocol[_A_co]):
    @property
    def user_security_role(self) -> _A_co: ...

class _At_user_security_role:
    def __get__(self, read: Readable[_Has_user_security_role[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_user_security_role[_Any]], value: object, /) -> None: ...

class _Has_user_security_role_id(Protocol[_A_co]):
    @property
    def user_security_role_id(self) -> _A_co: ...

class _At_user_security_role_id:
    def __get__(self, read: Readable[_Has_user_security_role_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_user_security_role_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_user_security_role_projects(Protocol[_A_co]):
    @property
    def user_security_role_projects(self) -> _A_co: ...

class _At_user_security_role_projects:
    def __get__(self, read: Readable[_Has_user_security_role_projects[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_user_security_role_projects[_Any]], value: object, /) -> None: ...

class _Has_user_security_roles(Protocol[_A_co]):
    @property
    def user_security_roles(self) -> _A_co: ...

class _At_user_security_roles:
    def __get__(self, read: Readable[_Has_user_security_roles[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_user_security_roles[_Any]], value: object, /) -> None: ...

class _Has_user_type(Protocol[_A_co]):
    @property
    def user_type(self) -> _A_co: ...

class _At_user_type:
    def __get__(self, read: Readable[_Has_user_type[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_user_type[_Any]], value: object, /) -> None: ...

class _Has_user_type_id(Protocol[_A_co]):
    @property
    def user_type_id(self) -> _A_co: ...

class _At_user_type_id:
    def __get__(self, read: Readable[_Has_user_type_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_user_type_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_username(Protocol[_A_co]):
    @property
    def username(self) -> _A_co: ...

class _At_username:
    def __get__(self, read: Readable[_Has_username[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_username[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_uses_versions(Protocol[_A_co]):
    @property
    def uses_versions(self) -> _A_co: ...

class _At_uses_versions:
    def __get__(self, read: Readable[_Has_uses_versions[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_uses_versions[_Any]], value: object, /) -> None: ...

class _Has_value(Protocol[_A_co]):
    @property
    def value(self) -> _A_co: ...

class _At_value:
    def __get__(self, read: Readable[_Has_value[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_value[_Any]], value: object, /) -> None: ...

class _Has_values(Protocol[_A_co]):
    @property
    def values(self) -> _A_co: ...

class _At_values:
    def __get__(self, read: Readable[_Has_values[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_values[_Any]], value: object, /) -> None: ...

class _Has_version(Protocol[_A_co]):
    @property
    def _read_version(self) -> _A_co: ...

class _At_version:
    def __get__(self, read: Readable[_Has_version[_T]], owner: object, /) -> _T: ...
    def __set__(self, changed: EntityCollection[_Has_version[_Any]], value: object, /) -> None: ...

class _Has_version_id(Protocol[_A_co]):
    @property
    def version_id(self) -> _A_co: ...

class _At_version_id:
    def __get__(self, read: Readable[_Has_version_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_version_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_versions(Protocol[_A_co]):
    @property
    def versions(self) -> _A_co: ...

class _At_versions:
    def __get__(self, read: Readable[_Has_versions[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_versions[_Any]], value: object, /) -> None: ...

class _Has_widgets(Protocol[_A_co]):
    @property
    def widgets(self) -> _A_co: ...

class _At_widgets:
    def __get__(self, read: Readable[_Has_widgets[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_widgets[_Any]], value: object, /) -> None: ...

class _Has_windows(Protocol[_A_co]):
    @property
    def windows(self) -> _A_co: ...

class _At_windows:
    def __get__(self, read: Readable[_Has_windows[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_windows[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_workflow_schema(Protocol[_A_co]):
    @property
    def workflow_schema(self) -> _A_co: ...

class _At_workflow_schema:
    def __get__(self, read: Readable[_Has_workflow_schema[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_workflow_schema[_Any]], value: object, /) -> None: ...

class _Has_workflow_schema_id(Protocol[_A_co]):
    @property
    def workflow_schema_id(self) -> _A_co: ...

class _At_workflow_schema_id:
    def __get__(self, read: Readable[_Has_workflow_schema_id[_Chain[_V]]], owner: object, /) -> Values[_V]: ...
    def __set__(self, changed: EntityCollection[_Has_workflow_schema_id[_Any]], value: str | None | _Sequence[str | None], /) -> None: ...

class _Has_write_security_roles(Protocol[_A_co]):
    @property
    def write_security_roles(self) -> _A_co: ...

class _At_write_security_roles:
    def __get__(self, read: Readable[_Has_write_security_roles[type[_T]]], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Has_write_security_roles[_Any]], value: object, /) -> None: ...


class Readable(Generic[E_co]):
    """Entities with attributes: what editors and checkers know of those of collections."""

    accessed_time: _At_accessed_time
    action: _At_action
    allocations: _At_allocations
    ancestors: _At_ancestors
    annotations: _At_annotations
    appointments: _At_appointments
    asset: _At_asset
    asset_id: _At_asset_id
    asset_version: _At_asset_version
    asset_version_workflow_schema: _At_asset_version_workflow_schema
    asset_version_workflow_schema_id: _At_asset_version_workflow_schema_id
    assets: _At_assets
    assignments: _At_assignments
    author: _At_author
    availability: _At_availability
    bid: _At_bid
    bid_time_logged_difference: _At_bid_time_logged_difference
    calendar_event: _At_calendar_event
    calendar_event_id: _At_calendar_event_id
    calendar_event_resources: _At_calendar_event_resources
    calendar_events: _At_calendar_events
    category: _At_category
    category_id: _At_category_id
    children: _At_children
    cluster_id: _At_cluster_id
    color: _At_color
    comment: _At_comment
    completed_at: _At_completed_at
    completed_by: _At_completed_by
    completed_by_id: _At_completed_by_id
    component: _At_component
    component_id: _At_component_id
    component_locations: _At_component_locations
    components: _At_components
    config: _At_config
    configuration: _At_configuration
    configuration_id: _At_configuration_id
    container: _At_container
    container_id: _At_container_id
    content: _At_content
    context: _At_context
    context_id: _At_context_id
    context_type: _At_context_type
    conversation: _At_conversation
    conversation_id: _At_conversation_id
    core: _At_core
    created_at: _At_created_at
    created_by: _At_created_by
    created_by_id: _At_created_by_id
    created_from_shared_url: _At_created_from_shared_url
    creation_time: _At_creation_time
    custom_attribute_configurations: _At_custom_attribute_configurations
    custom_attribute_links: _At_custom_attribute_links
    custom_attribute_links_from: _At_custom_attribute_links_from
    custom_attributes: _At_custom_attributes
    dashboard: _At_dashboard
    dashboard_id: _At_dashboard_id
    dashboard_resources: _At_dashboard_resources
    data: _At_data
    date: _At_date
    default: _At_default
    descendants: _At_descendants
    description: _At_description
    disk: _At_disk
    disk_id: _At_disk_id
    distance: _At_distance
    duration: _At_duration
    effort: _At_effort
    email: _At_email
    end: _At_end
    end_date: _At_end_date
    entity_id: _At_entity_id
    entity_type_to: _At_entity_type_to
    estimate: _At_estimate
    event: _At_event
    everyone: _At_everyone
    feeds: _At_feeds
    file_type: _At_file_type
    finished_at: _At_finished_at
    first_name: _At_first_name
    forecast: _At_forecast
    form_config: _At_form_config
    frame_number: _At_frame_number
    from_entity_type: _At_from_entity_type
    from_id: _At_from_id
    from_status: _At_from_status
    from_status_id: _At_from_status_id
    full_name: _At_full_name
    group_id: _At_group_id
    icon: _At_icon
    id: _At_id
    identifier: _At_identifier
    in_reply_to: _At_in_reply_to
    in_reply_to_id: _At_in_reply_to_id
    incoming_links: _At_incoming_links
    insert: _At_insert
    invitee: _At_invitee
    is_active: _At_is_active
    is_all_open_projects: _At_is_all_open_projects
    is_all_projects: _At_is_all_projects
    is_billable: _At_is_billable
    is_global: _At_is_global
    is_hierarchical: _At_is_hierarchical
    is_latest_version: _At_is_latest_version
    is_leaf: _At_is_leaf
    is_moderated: _At_is_moderated
    is_open: _At_is_open
    is_otp_enabled: _At_is_otp_enabled
    is_prioritizable: _At_is_prioritizable
    is_private: _At_is_private
    is_published: _At_is_published
    is_schedulable: _At_is_schedulable
    is_shared_with_everyone: _At_is_shared_with_everyone
    is_statusable: _At_is_statusable
    is_taskable: _At_is_taskable
    is_time_reportable: _At_is_time_reportable
    is_todo: _At_is_todo
    is_totp_enabled: _At_is_totp_enabled
    is_typeable: _At_is_typeable
    items: _At_items
    job: _At_job
    job_components: _At_job_components
    job_id: _At_job_id
    key: _At_key
    label: _At_label
    label_id: _At_label_id
    lag: _At_lag
    last_name: _At_last_name
    last_sent_at: _At_last_sent_at
    last_visit: _At_last_visit
    latest_version: _At_latest_version
    leave: _At_leave
    link: _At_link
    list: _At_list
    list_id: _At_list_id
    lists: _At_lists
    local: _At_local
    location: _At_location
    location_components: _At_location_components
    location_id: _At_location_id
    managers: _At_managers
    members: _At_members
    memberships: _At_memberships
    messages: _At_messages
    metadata: _At_metadata
    name: _At_name
    note: _At_note
    note_components: _At_note_components
    note_id: _At_note_id
    note_label_links: _At_note_label_links
    notes: _At_notes
    object_type: _At_object_type
    object_type_id: _At_object_type_id
    object_type_id_to: _At_object_type_id_to
    object_type_schemas: _At_object_type_schemas
    object_type_to: _At_object_type_to
    object_types: _At_object_types
    one_to_one: _At_one_to_one
    outgoing_links: _At_outgoing_links
    overrides: _At_overrides
    owner: _At_owner
    owner_id: _At_owner_id
    padding: _At_padding
    parent: _At_parent
    parent_id: _At_parent_id
    parent_type: _At_parent_type
    participants: _At_participants
    passphrase: _At_passphrase
    passphrase_enabled: _At_passphrase_enabled
    prefix: _At_prefix
    priority: _At_priority
    priority_id: _At_priority_id
    project: _At_project
    project_id: _At_project_id
    project_schema: _At_project_schema
    project_schema_id: _At_project_schema_id
    project_schemas: _At_project_schemas
    projects: _At_projects
    read_security_roles: _At_read_security_roles
    recipient: _At_recipient
    recipients: _At_recipients
    relation: _At_relation
    replies: _At_replies
    require_details_update: _At_require_details_update
    resource: _At_resource
    resource_id: _At_resource_id
    resource_identifier: _At_resource_identifier
    resource_type: _At_resource_type
    review_session: _At_review_session
    review_session_folder: _At_review_session_folder
    review_session_folder_id: _At_review_session_folder_id
    review_session_folders: _At_review_session_folders
    review_session_id: _At_review_session_id
    review_session_invitee_id: _At_review_session_invitee_id
    review_session_invitees: _At_review_session_invitees
    review_session_object: _At_review_session_object
    review_session_object_id: _At_review_session_object_id
    review_session_objects: _At_review_session_objects
    review_sessions: _At_review_sessions
    role: _At_role
    role_id: _At_role_id
    root: _At_root
    schema: _At_schema
    schema_id: _At_schema_id
    scopes: _At_scopes
    security_role: _At_security_role
    security_role_id: _At_security_role_id
    setting: _At_setting
    settings: _At_settings
    shareable_url_enabled: _At_shareable_url_enabled
    shared_with: _At_shared_with
    short: _At_short
    size: _At_size
    social_id: _At_social_id
    sort_order: _At_sort_order
    split_parts: _At_split_parts
    start: _At_start
    start_date: _At_start_date
    state: _At_state
    status: _At_status
    status_changes: _At_status_changes
    status_id: _At_status_id
    status_rule_group: _At_status_rule_group
    status_rule_group_id: _At_status_rule_group_id
    status_rules: _At_status_rules
    statuses: _At_statuses
    system_type: _At_system_type
    task: _At_task
    task_id: _At_task_id
    task_status: _At_task_status
    task_templates: _At_task_templates
    task_type: _At_task_type
    task_type_id: _At_task_type_id
    task_type_schema: _At_task_type_schema
    task_type_schema_id: _At_task_type_schema_id
    task_type_schemas: _At_task_type_schemas
    task_workflow_schema: _At_task_workflow_schema
    task_workflow_schema_id: _At_task_workflow_schema_id
    task_workflow_schema_overrides: _At_task_workflow_schema_overrides
    tasks: _At_tasks
    template: _At_template
    template_id: _At_template_id
    text: _At_text
    text_mentioned: _At_text_mentioned
    thread_activity: _At_thread_activity
    thumbnail: _At_thumbnail
    thumbnail_id: _At_thumbnail_id
    thumbnail_source_id: _At_thumbnail_source_id
    thumbnail_url: _At_thumbnail_url
    time_logged: _At_time_logged
    time_zone_offset: _At_time_zone_offset
    timelogs: _At_timelogs
    to: _At_to
    to_entity_type: _At_to_entity_type
    to_id: _At_to_id
    type: _At_type
    type_id: _At_type_id
    types: _At_types
    unix: _At_unix
    updated_at: _At_updated_at
    url: _At_url
    used_in_versions: _At_used_in_versions
    user: _At_user
    user_id: _At_user_id
    user_security_role: _At_user_security_role
    user_security_role_id: _At_user_security_role_id
    user_security_role_projects: _At_user_security_role_projects
    user_security_roles: _At_user_security_roles
    user_type: _At_user_type
    user_type_id: _At_user_type_id
    username: _At_username
    uses_versions: _At_uses_versions
    value: _At_value
    version: _At_version
    version_id: _At_version_id
    versions: _At_versions
    widgets: _At_widgets
    windows: _At_windows
    workflow_schema: _At_workflow_schema
    workflow_schema_id: _At_workflow_schema_id
    write_security_roles: _At_write_security_roles
    ApiKey: _Related[_types.ApiKey]
    Appointment: _Related[_types.Appointment]
    Asset: _Related[_types.Asset]
    AssetCustomAttributeValue: _Related[_types.AssetCustomAttributeValue]
    AssetType: _Related[_types.AssetType]
    AssetVersion: _Related[_types.AssetVersion]
    AssetVersionCustomAttributeValue: _Related[_types.AssetVersionCustomAttributeValue]
    AssetVersionLink: _Related[_types.AssetVersionLink]
    CalendarEvent: _Related[_types.CalendarEvent]
    CalendarEventResource: _Related[_types.CalendarEventResource]
    Component: _Related[_types.Component]
    ComponentLocation: _Related[_types.ComponentLocation]
    Context: _Related[_types.Context]
    ContextCustomAttributeValue: _Related[_types.ContextCustomAttributeValue]
    Conversation: _Related[_types.Conversation]
    CustomAttributeGroup: _Related[_types.CustomAttributeGroup]
    CustomAttributeLink: _Related[_types.CustomAttributeLink]
    CustomAttributeLinkFrom: _Related[_types.CustomAttributeLinkFrom]
    CustomAttributeType: _Related[_types.CustomAttributeType]
    CustomAttributeValue: _Related[_types.CustomAttributeValue]
    CustomConfigurationBase: _Related[_types.CustomConfigurationBase]
    Dashboard: _Related[_types.Dashboard]
    DashboardResource: _Related[_types.DashboardResource]
    DashboardWidget: _Related[_types.DashboardWidget]
    Disk: _Related[_types.Disk]
    EntitySetting: _Related[_types.EntitySetting]
    Event: _Related[_types.Event]
    Feed: _Related[_types.Feed]
    Job: _Related[_types.Job]
    JobComponent: _Related[_types.JobComponent]
    List: _Related[_types.List]
    ListCategory: _Related[_types.ListCategory]
    ListCustomAttributeValue: _Related[_types.ListCustomAttributeValue]
    ListObject: _Related[_types.ListObject]
    ListObjectCustomAttributeValue: _Related[_types.ListObjectCustomAttributeValue]
    Location: _Related[_types.Location]
    Manager: _Related[_types.Manager]
    ManagerType: _Related[_types.ManagerType]
    Membership: _Related[_types.Membership]
    Message: _Related[_types.Message]
    Metadata: _Related[_types.Metadata]
    Note: _Related[_types.Note]
    NoteComponent: _Related[_types.NoteComponent]
    NoteLabel: _Related[_types.NoteLabel]
    NoteLabelLink: _Related[_types.NoteLabelLink]
    ObjectType: _Related[_types.ObjectType]
    Participant: _Related[_types.Participant]
    Priority: _Related[_types.Priority]
    ProjectSchema: _Related[_types.ProjectSchema]
    ProjectSchemaObjectType: _Related[_types.ProjectSchemaObjectType]
    ProjectSchemaOverride: _Related[_types.ProjectSchemaOverride]
    Recipient: _Related[_types.Recipient]
    Resource: _Related[_types.Resource]
    ReviewSession: _Related[_types.ReviewSession]
    ReviewSessionFolder: _Related[_types.ReviewSessionFolder]
    ReviewSessionInvitee: _Related[_types.ReviewSessionInvitee]
    ReviewSessionObject: _Related[_types.ReviewSessionObject]
    ReviewSessionObjectAnnotation: _Related[_types.ReviewSessionObjectAnnotation]
    ReviewSessionObjectAnnotationComponent: _Related[_types.ReviewSessionObjectAnnotationComponent]
    ReviewSessionObjectStatus: _Related[_types.ReviewSessionObjectStatus]
    Schema: _Related[_types.Schema]
    SchemaStatus: _Related[_types.SchemaStatus]
    SchemaType: _Related[_types.SchemaType]
    Scope: _Related[_types.Scope]
    SecurityRole: _Related[_types.SecurityRole]
    Setting: _Related[_types.Setting]
    SettingComponent: _Related[_types.SettingComponent]
    SplitTaskPart: _Related[_types.SplitTaskPart]
    State: _Related[_types.State]
    Status: _Related[_types.Status]
    StatusChange: _Related[_types.StatusChange]
    StatusRule: _Related[_types.StatusRule]
    StatusRuleGroup: _Related[_types.StatusRuleGroup]
    TaskTemplate: _Related[_types.TaskTemplate]
    TaskTemplateItem: _Related[_types.TaskTemplateItem]
    TaskTypeSchema: _Related[_types.TaskTypeSchema]
    TaskTypeSchemaType: _Related[_types.TaskTypeSchemaType]
    Timelog: _Related[_types.Timelog]
    Timer: _Related[_types.Timer]
    Type: _Related[_types.Type]
    TypedContextLink: _Related[_types.TypedContextLink]
    UserApplicationState: _Related[_types.UserApplicationState]
    UserCustomAttributeValue: _Related[_types.UserCustomAttributeValue]
    UserSecurityRole: _Related[_types.UserSecurityRole]
    UserSecurityRoleProject: _Related[_types.UserSecurityRoleProject]
    UserSession: _Related[_types.UserSession]
    UserType: _Related[_types.UserType]
    UserView: _Related[_types.UserView]
    WorkflowSchema: _Related[_types.WorkflowSchema]
    WorkflowSchemaStatus: _Related[_types.WorkflowSchemaStatus]
    AssetCustomAttributeLink: _Related[_types.AssetCustomAttributeLink]
    AssetCustomAttributeLinkFrom: _Related[_types.AssetCustomAttributeLinkFrom]
    AssetVersionCustomAttributeLink: _Related[_types.AssetVersionCustomAttributeLink]
    AssetVersionCustomAttributeLinkFrom: _Related[_types.AssetVersionCustomAttributeLinkFrom]
    AssetVersionList: _Related[_types.AssetVersionList]
    AssetVersionStatusChange: _Related[_types.AssetVersionStatusChange]
    AssetVersionStatusRuleGroup: _Related[_types.AssetVersionStatusRuleGroup]
    BaseUser: _Related[_types.BaseUser]
    ComponentCustomAttributeLink: _Related[_types.ComponentCustomAttributeLink]
    ComponentCustomAttributeLinkFrom: _Related[_types.ComponentCustomAttributeLinkFrom]
    ContainerComponent: _Related[_types.ContainerComponent]
    ContextCustomAttributeLink: _Related[_types.ContextCustomAttributeLink]
    ContextCustomAttributeLinkFrom: _Related[_types.ContextCustomAttributeLinkFrom]
    CustomAttributeConfiguration: _Related[_types.CustomAttributeConfiguration]
    CustomAttributeLinkConfiguration: _Related[_types.CustomAttributeLinkConfiguration]
    FileComponent: _Related[_types.FileComponent]
    Group: _Related[_types.Group]
    GroupCustomAttributeLink: _Related[_types.GroupCustomAttributeLink]
    GroupCustomAttributeLinkFrom: _Related[_types.GroupCustomAttributeLinkFrom]
    ListCustomAttributeLink: _Related[_types.ListCustomAttributeLink]
    ListCustomAttributeLinkFrom: _Related[_types.ListCustomAttributeLinkFrom]
    NoteAnnotationComponent: _Related[_types.NoteAnnotationComponent]
    NoteCategory: _Related[_types.NoteCategory]
    Project: _Related[_types.Project]
    TypedContext: _Related[_types.TypedContext]
    TypedContextList: _Related[_types.TypedContextList]
    TypedContextStatusChange: _Related[_types.TypedContextStatusChange]
    TypedContextStatusRuleGroup: _Related[_types.TypedContextStatusRuleGroup]
    UserCustomAttributeLink: _Related[_types.UserCustomAttributeLink]
    UserCustomAttributeLinkFrom: _Related[_types.UserCustomAttributeLinkFrom]
    AssetBuild: _Related[_types.AssetBuild]
    Collaborator: _Related[_types.Collaborator]
    Episode: _Related[_types.Episode]
    Folder: _Related[_types.Folder]
    Image: _Related[_types.Image]
    Information: _Related[_types.Information]
    Milestone: _Related[_types.Milestone]
    Sequence: _Related[_types.Sequence]
    SequenceComponent: _Related[_types.SequenceComponent]
    Shot: _Related[_types.Shot]
    Task: _Related[_types.Task]
    User: _Related[_types.User]

class Attributed(Readable[E_co]):
    """All attributes, also those that methods of collections hide."""

    entity_type: _At_entity_type
    group: _At_group
    sort: _At_sort
    values: _At_values

class _ApiKeyValues(TypedDict, total=False):
    id: str | None
    identifier: str | None
    prefix: str | None
    resource_id: str | None

class _NewApiKey:
    def __call__(self, **attributes: Unpack[_ApiKeyValues]) -> EntityCollection[_types.ApiKey]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _AppointmentValues(TypedDict, total=False):
    context: _Any
    context_id: str | None
    id: str | None
    resource: _Any
    resource_id: str | None
    type: str | None

class _NewAppointment:
    def __call__(self, **attributes: Unpack[_AppointmentValues]) -> EntityCollection[_types.Appointment]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _AssetValues(TypedDict, total=False):
    ancestors: _Any
    context_id: str | None
    custom_attribute_links: _Any
    custom_attribute_links_from: _Any
    custom_attributes: _Any
    id: str | None
    latest_version: _Any
    metadata: _Any
    name: str | None
    parent: _Any
    project_id: str | None
    type: _Any
    type_id: str | None
    versions: _Any

class _NewAsset:
    def __call__(self, **attributes: Unpack[_AssetValues]) -> EntityCollection[_types.Asset]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _AssetCustomAttributeValueValues(TypedDict, total=False):
    configuration: _Any
    configuration_id: str | None
    entity_id: str | None
    key: str | None
    value: _Any

class _NewAssetCustomAttributeValue:
    def __call__(self, **attributes: Unpack[_AssetCustomAttributeValueValues]) -> EntityCollection[_types.AssetCustomAttributeValue]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _AssetTypeValues(TypedDict, total=False):
    assets: _Any
    component: str | None
    id: str | None
    name: str | None
    short: str | None

class _NewAssetType:
    def __call__(self, **attributes: Unpack[_AssetTypeValues]) -> EntityCollection[_types.AssetType]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _AssetVersionValues(TypedDict, total=False):
    asset: _Any
    asset_id: str | None
    comment: str | None
    components: _Any
    custom_attribute_links: _Any
    custom_attribute_links_from: _Any
    custom_attributes: _Any
    date: _Arrow | _date | str | None
    id: str | None
    incoming_links: _Any
    is_latest_version: bool | None
    is_published: bool | None
    link: str | None
    lists: _Any
    metadata: _Any
    notes: _Any
    outgoing_links: _Any
    project_id: str | None
    review_session_objects: _Any
    status: _Any
    status_changes: _Any
    status_id: str | None
    task: _Any
    task_id: str | None
    thumbnail: _Any
    thumbnail_id: str | None
    thumbnail_url: _Any
    used_in_versions: _Any
    user: _Any
    user_id: str | None
    uses_versions: _Any
    version: int | None

class _NewAssetVersion:
    def __call__(self, **attributes: Unpack[_AssetVersionValues]) -> EntityCollection[_types.AssetVersion]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _AssetVersionCustomAttributeValueValues(TypedDict, total=False):
    configuration: _Any
    configuration_id: str | None
    entity_id: str | None
    key: str | None
    value: _Any

class _NewAssetVersionCustomAttributeValue:
    def __call__(self, **attributes: Unpack[_AssetVersionCustomAttributeValueValues]) -> EntityCollection[_types.AssetVersionCustomAttributeValue]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _AssetVersionLinkValues(TypedDict, total=False):
    from_id: str | None
    id: str | None
    metadata: _Any
    to: _Any
    to_id: str | None

class _NewAssetVersionLink:
    def __call__(self, **attributes: Unpack[_AssetVersionLinkValues]) -> EntityCollection[_types.AssetVersionLink]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _CalendarEventValues(TypedDict, total=False):
    calendar_event_resources: _Any
    created_at: _Arrow | _date | str | None
    created_by: _Any
    created_by_id: str | None
    effort: float | None
    end: _Arrow | _date | str | None
    estimate: float | None
    everyone: bool | None
    forecast: bool | None
    id: str | None
    leave: bool | None
    metadata: _Any
    name: str | None
    project: _Any
    project_id: str | None
    start: _Arrow | _date | str | None
    type: _Any
    type_id: str | None

class _NewCalendarEvent:
    def __call__(self, **attributes: Unpack[_CalendarEventValues]) -> EntityCollection[_types.CalendarEvent]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _CalendarEventResourceValues(TypedDict, total=False):
    calendar_event: _Any
    calendar_event_id: str | None
    created_at: _Arrow | _date | str | None
    created_by: _Any
    created_by_id: str | None
    id: str | None
    resource: _Any
    resource_id: str | None

class _NewCalendarEventResource:
    def __call__(self, **attributes: Unpack[_CalendarEventResourceValues]) -> EntityCollection[_types.CalendarEventResource]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ComponentValues(TypedDict, total=False):
    component_locations: _Any
    container: _Any
    container_id: str | None
    custom_attribute_links: _Any
    custom_attribute_links_from: _Any
    file_type: str | None
    id: str | None
    members: _Any
    metadata: _Any
    name: str | None
    padding: int | None
    size: int | None
    system_type: str | None
    version: _Any
    version_id: str | None

class _NewComponent:
    def __call__(self, **attributes: Unpack[_ComponentValues]) -> EntityCollection[_types.Component]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ComponentLocationValues(TypedDict, total=False):
    component: _Any
    component_id: str | None
    id: str | None
    location: _Any
    location_id: str | None
    resource_identifier: str | None
    url: _Any

class _NewComponentLocation:
    def __call__(self, **attributes: Unpack[_ComponentLocationValues]) -> EntityCollection[_types.ComponentLocation]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ContextValues(TypedDict, total=False):
    allocations: _Any
    appointments: _Any
    assets: _Any
    assignments: _Any
    children: _Any
    context_type: str | None
    created_at: _Arrow | _date | str | None
    created_by: _Any
    created_by_id: str | None
    custom_attribute_links: _Any
    custom_attribute_links_from: _Any
    custom_attributes: _Any
    id: str | None
    link: str | None
    managers: _Any
    name: str | None
    notes: _Any
    parent: _Any
    parent_id: str | None
    project_id: str | None
    scopes: _Any
    thumbnail: _Any
    thumbnail_id: str | None
    thumbnail_url: _Any
    timelogs: _Any

class _NewContext:
    def __call__(self, **attributes: Unpack[_ContextValues]) -> EntityCollection[_types.Context]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ContextCustomAttributeValueValues(TypedDict, total=False):
    configuration: _Any
    configuration_id: str | None
    entity_id: str | None
    key: str | None
    value: _Any

class _NewContextCustomAttributeValue:
    def __call__(self, **attributes: Unpack[_ContextCustomAttributeValueValues]) -> EntityCollection[_types.ContextCustomAttributeValue]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ConversationValues(TypedDict, total=False):
    created_at: _Arrow | _date | str | None
    created_by: _Any
    created_by_id: str | None
    id: str | None
    messages: _Any
    participants: _Any

class _NewConversation:
    def __call__(self, **attributes: Unpack[_ConversationValues]) -> EntityCollection[_types.Conversation]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _CustomAttributeGroupValues(TypedDict, total=False):
    custom_attribute_configurations: _Any
    id: str | None
    name: str | None

class _NewCustomAttributeGroup:
    def __call__(self, **attributes: Unpack[_CustomAttributeGroupValues]) -> EntityCollection[_types.CustomAttributeGroup]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _CustomAttributeLinkValues(TypedDict, total=False):
    asset: _Any
    asset_version: _Any
    component: _Any
    configuration: _Any
    configuration_id: str | None
    context: _Any
    from_entity_type: str | None
    from_id: str | None
    group: _Any
    id: str | None
    list: _Any
    to_entity_type: str | None
    to_id: str | None
    user: _Any

class _NewCustomAttributeLink:
    def __call__(self, **attributes: Unpack[_CustomAttributeLinkValues]) -> EntityCollection[_types.CustomAttributeLink]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _CustomAttributeLinkFromValues(TypedDict, total=False):
    asset: _Any
    asset_version: _Any
    component: _Any
    configuration: _Any
    configuration_id: str | None
    context: _Any
    from_entity_type: str | None
    from_id: str | None
    group: _Any
    id: str | None
    list: _Any
    to_entity_type: str | None
    to_id: str | None
    user: _Any

class _NewCustomAttributeLinkFrom:
    def __call__(self, **attributes: Unpack[_CustomAttributeLinkFromValues]) -> EntityCollection[_types.CustomAttributeLinkFrom]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _CustomAttributeTypeValues(TypedDict, total=False):
    core: bool | None
    custom_attribute_configurations: _Any
    form_config: str | None
    id: str | None
    name: str | None

class _NewCustomAttributeType:
    def __call__(self, **attributes: Unpack[_CustomAttributeTypeValues]) -> EntityCollection[_types.CustomAttributeType]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _CustomAttributeValueValues(TypedDict, total=False):
    configuration: _Any
    configuration_id: str | None
    entity_id: str | None
    value: _Any

class _NewCustomAttributeValue:
    def __call__(self, **attributes: Unpack[_CustomAttributeValueValues]) -> EntityCollection[_types.CustomAttributeValue]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _CustomConfigurationBaseValues(TypedDict, total=False):
    config: str | None
    core: bool | None
    default: _Any
    entity_type: str | None
    entity_type_to: str | None
    group: _Any
    group_id: str | None
    id: str | None
    is_hierarchical: bool | None
    key: str | None
    label: str | None
    object_type: _Any
    object_type_id: str | None
    object_type_id_to: str | None
    object_type_to: _Any
    one_to_one: bool | None
    project_id: str | None
    read_security_roles: _Any
    sort: int | None
    type: _Any
    type_id: str | None
    values: _Any
    write_security_roles: _Any

class _NewCustomConfigurationBase:
    def __call__(self, **attributes: Unpack[_CustomConfigurationBaseValues]) -> EntityCollection[_types.CustomConfigurationBase]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _DashboardValues(TypedDict, total=False):
    created_by: _Any
    created_by_id: str | None
    dashboard_resources: _Any
    id: str | None
    is_shared_with_everyone: bool | None
    name: str | None
    widgets: _Any

class _NewDashboard:
    def __call__(self, **attributes: Unpack[_DashboardValues]) -> EntityCollection[_types.Dashboard]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _DashboardResourceValues(TypedDict, total=False):
    dashboard: _Any
    dashboard_id: str | None
    is_shared_with_everyone: bool | None
    resource: _Any
    resource_id: str | None

class _NewDashboardResource:
    def __call__(self, **attributes: Unpack[_DashboardResourceValues]) -> EntityCollection[_types.DashboardResource]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _DashboardWidgetValues(TypedDict, total=False):
    config: str | None
    dashboard: _Any
    dashboard_id: str | None
    id: str | None
    sort: float | None
    type: str | None

class _NewDashboardWidget:
    def __call__(self, **attributes: Unpack[_DashboardWidgetValues]) -> EntityCollection[_types.DashboardWidget]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _DiskValues(TypedDict, total=False):
    id: str | None
    name: str | None
    projects: _Any
    unix: str | None
    windows: str | None

class _NewDisk:
    def __call__(self, **attributes: Unpack[_DiskValues]) -> EntityCollection[_types.Disk]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _EntitySettingValues(TypedDict, total=False):
    group: str | None
    name: str | None
    parent_id: str | None
    parent_type: str | None
    value: str | None

class _NewEntitySetting:
    def __call__(self, **attributes: Unpack[_EntitySettingValues]) -> EntityCollection[_types.EntitySetting]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _EventValues(TypedDict, total=False):
    action: str | None
    created_at: _Arrow | _date | str | None
    data: str | None
    feeds: _Any
    id: int | None
    insert: str | None
    parent_id: str | None
    parent_type: str | None
    project: _Any
    project_id: str | None
    user: _Any
    user_id: str | None

class _NewEvent:
    def __call__(self, **attributes: Unpack[_EventValues]) -> EntityCollection[_types.Event]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _FeedValues(TypedDict, total=False):
    cluster_id: str | None
    created_at: _Arrow | _date | str | None
    distance: int | None
    event: _Any
    id: str | None
    owner_id: str | None
    relation: str | None
    social_id: int | None

class _NewFeed:
    def __call__(self, **attributes: Unpack[_FeedValues]) -> EntityCollection[_types.Feed]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _JobValues(TypedDict, total=False):
    created_at: _Arrow | _date | str | None
    data: str | None
    finished_at: _Arrow | _date | str | None
    id: str | None
    job_components: _Any
    status: str | None
    type: str | None
    user: _Any
    user_id: str | None

class _NewJob:
    def __call__(self, **attributes: Unpack[_JobValues]) -> EntityCollection[_types.Job]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _JobComponentValues(TypedDict, total=False):
    component: _Any
    component_id: str | None
    job: _Any
    job_id: str | None
    url: _Any

class _NewJobComponent:
    def __call__(self, **attributes: Unpack[_JobComponentValues]) -> EntityCollection[_types.JobComponent]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ListValues(TypedDict, total=False):
    category: _Any
    category_id: str | None
    custom_attribute_links: _Any
    custom_attribute_links_from: _Any
    custom_attributes: _Any
    date: _Arrow | _date | str | None
    id: str | None
    is_open: bool | None
    items: _Any
    name: str | None
    owner: _Any
    project: _Any
    project_id: str | None
    system_type: str | None
    user_id: str | None

class _NewList:
    def __call__(self, **attributes: Unpack[_ListValues]) -> EntityCollection[_types.List]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ListCategoryValues(TypedDict, total=False):
    id: str | None
    lists: _Any
    name: str | None

class _NewListCategory:
    def __call__(self, **attributes: Unpack[_ListCategoryValues]) -> EntityCollection[_types.ListCategory]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ListCustomAttributeValueValues(TypedDict, total=False):
    configuration: _Any
    configuration_id: str | None
    entity_id: str | None
    key: str | None
    value: _Any

class _NewListCustomAttributeValue:
    def __call__(self, **attributes: Unpack[_ListCustomAttributeValueValues]) -> EntityCollection[_types.ListCustomAttributeValue]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ListObjectValues(TypedDict, total=False):
    custom_attributes: _Any
    entity_id: str | None
    id: str | None
    list: _Any
    list_id: str | None

class _NewListObject:
    def __call__(self, **attributes: Unpack[_ListObjectValues]) -> EntityCollection[_types.ListObject]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ListObjectCustomAttributeValueValues(TypedDict, total=False):
    configuration: _Any
    configuration_id: str | None
    entity_id: str | None
    key: str | None
    value: _Any

class _NewListObjectCustomAttributeValue:
    def __call__(self, **attributes: Unpack[_ListObjectCustomAttributeValueValues]) -> EntityCollection[_types.ListObjectCustomAttributeValue]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _LocationValues(TypedDict, total=False):
    description: str | None
    id: str | None
    label: str | None
    location_components: _Any
    name: str | None

class _NewLocation:
    def __call__(self, **attributes: Unpack[_LocationValues]) -> EntityCollection[_types.Location]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ManagerValues(TypedDict, total=False):
    context: _Any
    context_id: str | None
    id: str | None
    type: _Any
    type_id: str | None
    user: _Any
    user_id: str | None

class _NewManager:
    def __call__(self, **attributes: Unpack[_ManagerValues]) -> EntityCollection[_types.Manager]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ManagerTypeValues(TypedDict, total=False):
    id: str | None
    name: str | None

class _NewManagerType:
    def __call__(self, **attributes: Unpack[_ManagerTypeValues]) -> EntityCollection[_types.ManagerType]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _MembershipValues(TypedDict, total=False):
    group: _Any
    group_id: str | None
    id: str | None
    user: _Any
    user_id: str | None

class _NewMembership:
    def __call__(self, **attributes: Unpack[_MembershipValues]) -> EntityCollection[_types.Membership]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _MessageValues(TypedDict, total=False):
    conversation: _Any
    conversation_id: str | None
    created_at: _Arrow | _date | str | None
    created_by: _Any
    created_by_id: str | None
    id: str | None
    text: str | None

class _NewMessage:
    def __call__(self, **attributes: Unpack[_MessageValues]) -> EntityCollection[_types.Message]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _MetadataValues(TypedDict, total=False):
    key: str | None
    parent_id: str | None
    parent_type: str | None
    value: str | None

class _NewMetadata:
    def __call__(self, **attributes: Unpack[_MetadataValues]) -> EntityCollection[_types.Metadata]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _NoteValues(TypedDict, total=False):
    attachments: _Any
    author: _Any
    category: _Any
    category_id: str | None
    completed_at: _Arrow | _date | str | None
    completed_by: _Any
    completed_by_id: str | None
    content: str | None
    date: _Arrow | _date | str | None
    frame_number: int | None
    id: str | None
    in_reply_to: _Any
    in_reply_to_id: str | None
    is_todo: bool | None
    labels: _Any
    metadata: _Any
    note_components: _Any
    note_label_links: _Any
    parent_id: str | None
    parent_type: str | None
    project: _Any
    project_id: str | None
    recipients: _Any
    replies: _Any
    thread_activity: _Arrow | _date | str | None
    user_id: str | None

class _NewNote:
    def __call__(self, **attributes: Unpack[_NoteValues]) -> EntityCollection[_types.Note]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _NoteComponentValues(TypedDict, total=False):
    component: _Any
    component_id: str | None
    data: _Any
    note: _Any
    note_id: str | None
    thumbnail_url: _Any
    url: _Any

class _NewNoteComponent:
    def __call__(self, **attributes: Unpack[_NoteComponentValues]) -> EntityCollection[_types.NoteComponent]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _NoteLabelValues(TypedDict, total=False):
    color: str | None
    id: str | None
    name: str | None
    sort: int | None

class _NewNoteLabel:
    def __call__(self, **attributes: Unpack[_NoteLabelValues]) -> EntityCollection[_types.NoteLabel]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _NoteLabelLinkValues(TypedDict, total=False):
    label: _Any
    label_id: str | None
    note: _Any
    note_id: str | None

class _NewNoteLabelLink:
    def __call__(self, **attributes: Unpack[_NoteLabelLinkValues]) -> EntityCollection[_types.NoteLabelLink]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ObjectTypeValues(TypedDict, total=False):
    icon: str | None
    id: str | None
    is_leaf: bool | None
    is_prioritizable: bool | None
    is_schedulable: bool | None
    is_statusable: bool | None
    is_taskable: bool | None
    is_time_reportable: bool | None
    is_typeable: bool | None
    name: str | None
    project_schemas: _Any
    sort: int | None
    tasks: _Any

class _NewObjectType:
    def __call__(self, **attributes: Unpack[_ObjectTypeValues]) -> EntityCollection[_types.ObjectType]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ParticipantValues(TypedDict, total=False):
    conversation: _Any
    conversation_id: str | None
    id: str | None
    last_visit: _Arrow | _date | str | None
    resource: _Any
    resource_id: str | None

class _NewParticipant:
    def __call__(self, **attributes: Unpack[_ParticipantValues]) -> EntityCollection[_types.Participant]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _PriorityValues(TypedDict, total=False):
    color: str | None
    id: str | None
    name: str | None
    sort: int | None
    tasks: _Any
    value: float | None

class _NewPriority:
    def __call__(self, **attributes: Unpack[_PriorityValues]) -> EntityCollection[_types.Priority]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ProjectSchemaValues(TypedDict, total=False):
    asset_version_workflow_schema: _Any
    asset_version_workflow_schema_id: str | None
    id: str | None
    name: str | None
    object_type_schemas: _Any
    object_types: _Any
    task_templates: _Any
    task_type_schema: _Any
    task_type_schema_id: str | None
    task_workflow_schema: _Any
    task_workflow_schema_id: str | None
    task_workflow_schema_overrides: _Any

class _NewProjectSchema:
    def __call__(self, **attributes: Unpack[_ProjectSchemaValues]) -> EntityCollection[_types.ProjectSchema]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ProjectSchemaObjectTypeValues(TypedDict, total=False):
    object_type: _Any
    object_type_id: str | None
    project_schema: _Any
    project_schema_id: str | None

class _NewProjectSchemaObjectType:
    def __call__(self, **attributes: Unpack[_ProjectSchemaObjectTypeValues]) -> EntityCollection[_types.ProjectSchemaObjectType]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ProjectSchemaOverrideValues(TypedDict, total=False):
    id: str | None
    project_schema_id: str | None
    type_id: str | None
    workflow_schema: _Any
    workflow_schema_id: str | None

class _NewProjectSchemaOverride:
    def __call__(self, **attributes: Unpack[_ProjectSchemaOverrideValues]) -> EntityCollection[_types.ProjectSchemaOverride]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _RecipientValues(TypedDict, total=False):
    note: _Any
    note_id: str | None
    recipient: _Any
    resource_id: str | None
    text_mentioned: str | None
    user: _Any

class _NewRecipient:
    def __call__(self, **attributes: Unpack[_RecipientValues]) -> EntityCollection[_types.Recipient]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ResourceValues(TypedDict, total=False):
    allocations: _Any
    appointments: _Any
    assignments: _Any
    children: _Any
    created_from_shared_url: str | None
    custom_attribute_links: _Any
    custom_attribute_links_from: _Any
    custom_attributes: _Any
    dashboard_resources: _Any
    email: str | None
    first_name: str | None
    id: str | None
    is_active: bool | None
    is_otp_enabled: bool | None
    is_totp_enabled: bool | None
    last_name: str | None
    link: str | None
    local: bool | None
    memberships: _Any
    metadata: _Any
    name: str | None
    parent: _Any
    parent_id: str | None
    require_details_update: bool | None
    resource_type: str | None
    thumbnail: _Any
    thumbnail_id: str | None
    thumbnail_url: _Any
    timelogs: _Any
    user_security_roles: _Any
    user_type: _Any
    user_type_id: str | None
    username: str | None

class _NewResource:
    def __call__(self, **attributes: Unpack[_ResourceValues]) -> EntityCollection[_types.Resource]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ReviewSessionValues(TypedDict, total=False):
    availability: str | None
    created_at: _Arrow | _date | str | None
    created_by: _Any
    created_by_id: str | None
    description: str | None
    end_date: _Arrow | _date | str | None
    id: str | None
    is_moderated: bool | None
    is_open: bool | None
    name: str | None
    passphrase: str | None
    passphrase_enabled: bool | None
    project: _Any
    project_id: str | None
    review_session_folder: _Any
    review_session_folder_id: str | None
    review_session_invitees: _Any
    review_session_objects: _Any
    settings: _Any
    shareable_url_enabled: bool | None
    start_date: _Arrow | _date | str | None
    thumbnail: _Any
    thumbnail_id: str | None
    thumbnail_source_id: str | None
    thumbnail_url: _Any

class _NewReviewSession:
    def __call__(self, **attributes: Unpack[_ReviewSessionValues]) -> EntityCollection[_types.ReviewSession]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ReviewSessionFolderValues(TypedDict, total=False):
    id: str | None
    name: str | None
    project: _Any
    project_id: str | None
    review_sessions: _Any

class _NewReviewSessionFolder:
    def __call__(self, **attributes: Unpack[_ReviewSessionFolderValues]) -> EntityCollection[_types.ReviewSessionFolder]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ReviewSessionInviteeValues(TypedDict, total=False):
    created_at: _Arrow | _date | str | None
    created_by: _Any
    created_by_id: str | None
    created_from_shared_url: bool | None
    email: str | None
    id: str | None
    last_sent_at: _Arrow | _date | str | None
    name: str | None
    resource: _Any
    resource_id: str | None
    review_session: _Any
    review_session_id: str | None
    statuses: _Any

class _NewReviewSessionInvitee:
    def __call__(self, **attributes: Unpack[_ReviewSessionInviteeValues]) -> EntityCollection[_types.ReviewSessionInvitee]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ReviewSessionObjectValues(TypedDict, total=False):
    annotations: _Any
    asset_version: _Any
    created_at: _Arrow | _date | str | None
    description: str | None
    id: str | None
    name: str | None
    notes: _Any
    review_session: _Any
    review_session_id: str | None
    sort_order: float | None
    statuses: _Any
    version: str | None
    version_id: str | None

class _NewReviewSessionObject:
    def __call__(self, **attributes: Unpack[_ReviewSessionObjectValues]) -> EntityCollection[_types.ReviewSessionObject]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ReviewSessionObjectAnnotationValues(TypedDict, total=False):
    created_at: _Arrow | _date | str | None
    data: str | None
    frame_number: int | None
    id: str | None
    review_session_object: _Any
    review_session_object_id: str | None
    updated_at: _Arrow | _date | str | None

class _NewReviewSessionObjectAnnotation:
    def __call__(self, **attributes: Unpack[_ReviewSessionObjectAnnotationValues]) -> EntityCollection[_types.ReviewSessionObjectAnnotation]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ReviewSessionObjectAnnotationComponentValues(TypedDict, total=False):
    component: _Any
    component_id: str | None
    frame_number: str | None
    review_session_object: _Any
    review_session_object_id: str | None
    thumbnail_url: _Any
    url: _Any

class _NewReviewSessionObjectAnnotationComponent:
    def __call__(self, **attributes: Unpack[_ReviewSessionObjectAnnotationComponentValues]) -> EntityCollection[_types.ReviewSessionObjectAnnotationComponent]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ReviewSessionObjectStatusValues(TypedDict, total=False):
    created_at: _Arrow | _date | str | None
    id: str | None
    invitee: _Any
    resource: _Any
    resource_id: str | None
    review_session_invitee_id: str | None
    review_session_object: _Any
    review_session_object_id: str | None
    status: str | None

class _NewReviewSessionObjectStatus:
    def __call__(self, **attributes: Unpack[_ReviewSessionObjectStatusValues]) -> EntityCollection[_types.ReviewSessionObjectStatus]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _SchemaValues(TypedDict, total=False):
    id: str | None
    object_type_id: str | None
    project_schema_id: str | None
    statuses: _Any
    type_id: str | None
    types: _Any

class _NewSchema:
    def __call__(self, **attributes: Unpack[_SchemaValues]) -> EntityCollection[_types.Schema]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _SchemaStatusValues(TypedDict, total=False):
    schema_id: str | None
    sort: int | None
    status_id: str | None
    task_status: _Any

class _NewSchemaStatus:
    def __call__(self, **attributes: Unpack[_SchemaStatusValues]) -> EntityCollection[_types.SchemaStatus]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _SchemaTypeValues(TypedDict, total=False):
    schema_id: str | None
    sort: int | None
    task_type: _Any
    type_id: str | None

class _NewSchemaType:
    def __call__(self, **attributes: Unpack[_SchemaTypeValues]) -> EntityCollection[_types.SchemaType]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ScopeValues(TypedDict, total=False):
    id: str | None
    name: str | None

class _NewScope:
    def __call__(self, **attributes: Unpack[_ScopeValues]) -> EntityCollection[_types.Scope]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _SecurityRoleValues(TypedDict, total=False):
    id: str | None
    name: str | None
    type: str | None
    user_security_roles: _Any

class _NewSecurityRole:
    def __call__(self, **attributes: Unpack[_SecurityRoleValues]) -> EntityCollection[_types.SecurityRole]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _SettingValues(TypedDict, total=False):
    group: str | None
    name: str | None
    value: str | None

class _NewSetting:
    def __call__(self, **attributes: Unpack[_SettingValues]) -> EntityCollection[_types.Setting]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _SettingComponentValues(TypedDict, total=False):
    component: _Any
    component_id: str | None
    group: str | None
    name: str | None
    setting: _Any
    thumbnail_url: _Any
    url: _Any

class _NewSettingComponent:
    def __call__(self, **attributes: Unpack[_SettingComponentValues]) -> EntityCollection[_types.SettingComponent]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _SplitTaskPartValues(TypedDict, total=False):
    end_date: _Arrow | _date | str | None
    id: str | None
    label: str | None
    start_date: _Arrow | _date | str | None
    task: _Any
    task_id: str | None

class _NewSplitTaskPart:
    def __call__(self, **attributes: Unpack[_SplitTaskPartValues]) -> EntityCollection[_types.SplitTaskPart]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _StateValues(TypedDict, total=False):
    id: str | None
    name: str | None
    short: str | None

class _NewState:
    def __call__(self, **attributes: Unpack[_StateValues]) -> EntityCollection[_types.State]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _StatusValues(TypedDict, total=False):
    color: str | None
    id: str | None
    is_active: bool | None
    name: str | None
    sort: int | None
    state: _Any
    tasks: _Any

class _NewStatus:
    def __call__(self, **attributes: Unpack[_StatusValues]) -> EntityCollection[_types.Status]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _StatusChangeValues(TypedDict, total=False):
    date: _Arrow | _date | str | None
    from_status: _Any
    from_status_id: str | None
    id: str | None
    parent: _Any
    parent_id: str | None
    parent_type: str | None
    status: _Any
    status_id: str | None
    user: _Any
    user_id: str | None

class _NewStatusChange:
    def __call__(self, **attributes: Unpack[_StatusChangeValues]) -> EntityCollection[_types.StatusChange]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _StatusRuleValues(TypedDict, total=False):
    id: str | None
    status: _Any
    status_id: str | None
    status_rule_group: _Any
    status_rule_group_id: str | None

class _NewStatusRule:
    def __call__(self, **attributes: Unpack[_StatusRuleValues]) -> EntityCollection[_types.StatusRule]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _StatusRuleGroupValues(TypedDict, total=False):
    entity_type: str | None
    id: str | None
    object_type: _Any
    object_type_id: str | None
    role: _Any
    role_id: str | None
    schema: _Any
    schema_id: str | None
    status: _Any
    status_id: str | None
    status_rules: _Any

class _NewStatusRuleGroup:
    def __call__(self, **attributes: Unpack[_StatusRuleGroupValues]) -> EntityCollection[_types.StatusRuleGroup]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _TaskTemplateValues(TypedDict, total=False):
    id: str | None
    items: _Any
    name: str | None
    project_schema: _Any
    project_schema_id: str | None

class _NewTaskTemplate:
    def __call__(self, **attributes: Unpack[_TaskTemplateValues]) -> EntityCollection[_types.TaskTemplate]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _TaskTemplateItemValues(TypedDict, total=False):
    id: str | None
    task_type: _Any
    task_type_id: str | None
    template: _Any
    template_id: str | None

class _NewTaskTemplateItem:
    def __call__(self, **attributes: Unpack[_TaskTemplateItemValues]) -> EntityCollection[_types.TaskTemplateItem]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _TaskTypeSchemaValues(TypedDict, total=False):
    id: str | None
    name: str | None
    types: _Any

class _NewTaskTypeSchema:
    def __call__(self, **attributes: Unpack[_TaskTypeSchemaValues]) -> EntityCollection[_types.TaskTypeSchema]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _TaskTypeSchemaTypeValues(TypedDict, total=False):
    task_type_schema_id: str | None
    type_id: str | None

class _NewTaskTypeSchemaType:
    def __call__(self, **attributes: Unpack[_TaskTypeSchemaTypeValues]) -> EntityCollection[_types.TaskTypeSchemaType]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _TimelogValues(TypedDict, total=False):
    comment: str | None
    context: _Any
    context_id: str | None
    duration: float | None
    id: str | None
    name: str | None
    start: _Arrow | _date | str | None
    time_zone_offset: float | None
    user: _Any
    user_id: str | None

class _NewTimelog:
    def __call__(self, **attributes: Unpack[_TimelogValues]) -> EntityCollection[_types.Timelog]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _TimerValues(TypedDict, total=False):
    comment: str | None
    context: _Any
    context_id: str | None
    id: str | None
    name: str | None
    start: _Arrow | _date | str | None
    user: _Any
    user_id: str | None

class _NewTimer:
    def __call__(self, **attributes: Unpack[_TimerValues]) -> EntityCollection[_types.Timer]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _TypeValues(TypedDict, total=False):
    color: str | None
    id: str | None
    is_billable: bool | None
    name: str | None
    sort: int | None
    task_type_schemas: _Any
    tasks: _Any

class _NewType:
    def __call__(self, **attributes: Unpack[_TypeValues]) -> EntityCollection[_types.Type]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _TypedContextLinkValues(TypedDict, total=False):
    from_id: str | None
    id: str | None
    lag: float | None
    metadata: _Any
    to: _Any
    to_id: str | None
    type: str | None

class _NewTypedContextLink:
    def __call__(self, **attributes: Unpack[_TypedContextLinkValues]) -> EntityCollection[_types.TypedContextLink]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _UserApplicationStateValues(TypedDict, total=False):
    key: str | None
    user_id: str | None
    value: str | None

class _NewUserApplicationState:
    def __call__(self, **attributes: Unpack[_UserApplicationStateValues]) -> EntityCollection[_types.UserApplicationState]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _UserCustomAttributeValueValues(TypedDict, total=False):
    configuration: _Any
    configuration_id: str | None
    entity_id: str | None
    key: str | None
    value: _Any

class _NewUserCustomAttributeValue:
    def __call__(self, **attributes: Unpack[_UserCustomAttributeValueValues]) -> EntityCollection[_types.UserCustomAttributeValue]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _UserSecurityRoleValues(TypedDict, total=False):
    id: str | None
    is_all_open_projects: bool | None
    is_all_projects: bool | None
    security_role: _Any
    security_role_id: str | None
    user: _Any
    user_id: str | None
    user_security_role_projects: _Any

class _NewUserSecurityRole:
    def __call__(self, **attributes: Unpack[_UserSecurityRoleValues]) -> EntityCollection[_types.UserSecurityRole]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _UserSecurityRoleProjectValues(TypedDict, total=False):
    id: str | None
    project: _Any
    project_id: str | None
    user_security_role: _Any
    user_security_role_id: str | None

class _NewUserSecurityRoleProject:
    def __call__(self, **attributes: Unpack[_UserSecurityRoleProjectValues]) -> EntityCollection[_types.UserSecurityRoleProject]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _UserSessionValues(TypedDict, total=False):
    accessed_time: _Arrow | _date | str | None
    creation_time: _Arrow | _date | str | None
    id: str | None
    user: _Any
    user_id: str | None

class _NewUserSession:
    def __call__(self, **attributes: Unpack[_UserSessionValues]) -> EntityCollection[_types.UserSession]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _UserTypeValues(TypedDict, total=False):
    id: str | None
    name: str | None

class _NewUserType:
    def __call__(self, **attributes: Unpack[_UserTypeValues]) -> EntityCollection[_types.UserType]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _UserViewValues(TypedDict, total=False):
    id: str | None
    name: str | None
    shared_with: _Any
    user: _Any
    user_id: str | None

class _NewUserView:
    def __call__(self, **attributes: Unpack[_UserViewValues]) -> EntityCollection[_types.UserView]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _WorkflowSchemaValues(TypedDict, total=False):
    id: str | None
    name: str | None
    overrides: _Any
    statuses: _Any

class _NewWorkflowSchema:
    def __call__(self, **attributes: Unpack[_WorkflowSchemaValues]) -> EntityCollection[_types.WorkflowSchema]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _WorkflowSchemaStatusValues(TypedDict, total=False):
    status_id: str | None
    workflow_schema_id: str | None

class _NewWorkflowSchemaStatus:
    def __call__(self, **attributes: Unpack[_WorkflowSchemaStatusValues]) -> EntityCollection[_types.WorkflowSchemaStatus]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _AssetCustomAttributeLinkValues(_CustomAttributeLinkValues, total=False):
    ...

class _NewAssetCustomAttributeLink:
    def __call__(self, **attributes: Unpack[_AssetCustomAttributeLinkValues]) -> EntityCollection[_types.AssetCustomAttributeLink]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _AssetCustomAttributeLinkFromValues(_CustomAttributeLinkFromValues, total=False):
    ...

class _NewAssetCustomAttributeLinkFrom:
    def __call__(self, **attributes: Unpack[_AssetCustomAttributeLinkFromValues]) -> EntityCollection[_types.AssetCustomAttributeLinkFrom]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _AssetVersionCustomAttributeLinkValues(_CustomAttributeLinkValues, total=False):
    ...

class _NewAssetVersionCustomAttributeLink:
    def __call__(self, **attributes: Unpack[_AssetVersionCustomAttributeLinkValues]) -> EntityCollection[_types.AssetVersionCustomAttributeLink]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _AssetVersionCustomAttributeLinkFromValues(_CustomAttributeLinkFromValues, total=False):
    ...

class _NewAssetVersionCustomAttributeLinkFrom:
    def __call__(self, **attributes: Unpack[_AssetVersionCustomAttributeLinkFromValues]) -> EntityCollection[_types.AssetVersionCustomAttributeLinkFrom]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _AssetVersionListValues(_ListValues, total=False):
    ...

class _NewAssetVersionList:
    def __call__(self, **attributes: Unpack[_AssetVersionListValues]) -> EntityCollection[_types.AssetVersionList]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _AssetVersionStatusChangeValues(_StatusChangeValues, total=False):
    ...

class _NewAssetVersionStatusChange:
    def __call__(self, **attributes: Unpack[_AssetVersionStatusChangeValues]) -> EntityCollection[_types.AssetVersionStatusChange]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _AssetVersionStatusRuleGroupValues(_StatusRuleGroupValues, total=False):
    ...

class _NewAssetVersionStatusRuleGroup:
    def __call__(self, **attributes: Unpack[_AssetVersionStatusRuleGroupValues]) -> EntityCollection[_types.AssetVersionStatusRuleGroup]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _BaseUserValues(_ResourceValues, total=False):
    ...

class _NewBaseUser:
    def __call__(self, **attributes: Unpack[_BaseUserValues]) -> EntityCollection[_types.BaseUser]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ComponentCustomAttributeLinkValues(_CustomAttributeLinkValues, total=False):
    ...

class _NewComponentCustomAttributeLink:
    def __call__(self, **attributes: Unpack[_ComponentCustomAttributeLinkValues]) -> EntityCollection[_types.ComponentCustomAttributeLink]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ComponentCustomAttributeLinkFromValues(_CustomAttributeLinkFromValues, total=False):
    ...

class _NewComponentCustomAttributeLinkFrom:
    def __call__(self, **attributes: Unpack[_ComponentCustomAttributeLinkFromValues]) -> EntityCollection[_types.ComponentCustomAttributeLinkFrom]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ContainerComponentValues(_ComponentValues, total=False):
    ...

class _NewContainerComponent:
    def __call__(self, **attributes: Unpack[_ContainerComponentValues]) -> EntityCollection[_types.ContainerComponent]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ContextCustomAttributeLinkValues(_CustomAttributeLinkValues, total=False):
    ...

class _NewContextCustomAttributeLink:
    def __call__(self, **attributes: Unpack[_ContextCustomAttributeLinkValues]) -> EntityCollection[_types.ContextCustomAttributeLink]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ContextCustomAttributeLinkFromValues(_CustomAttributeLinkFromValues, total=False):
    ...

class _NewContextCustomAttributeLinkFrom:
    def __call__(self, **attributes: Unpack[_ContextCustomAttributeLinkFromValues]) -> EntityCollection[_types.ContextCustomAttributeLinkFrom]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _CustomAttributeConfigurationValues(_CustomConfigurationBaseValues, total=False):
    ...

class _NewCustomAttributeConfiguration:
    def __call__(self, **attributes: Unpack[_CustomAttributeConfigurationValues]) -> EntityCollection[_types.CustomAttributeConfiguration]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _CustomAttributeLinkConfigurationValues(_CustomConfigurationBaseValues, total=False):
    ...

class _NewCustomAttributeLinkConfiguration:
    def __call__(self, **attributes: Unpack[_CustomAttributeLinkConfigurationValues]) -> EntityCollection[_types.CustomAttributeLinkConfiguration]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _FileComponentValues(_ComponentValues, total=False):
    ...

class _NewFileComponent:
    def __call__(self, **attributes: Unpack[_FileComponentValues]) -> EntityCollection[_types.FileComponent]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _GroupValues(_ResourceValues, total=False):
    ...

class _NewGroup:
    def __call__(self, **attributes: Unpack[_GroupValues]) -> EntityCollection[_types.Group]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _GroupCustomAttributeLinkValues(_CustomAttributeLinkValues, total=False):
    ...

class _NewGroupCustomAttributeLink:
    def __call__(self, **attributes: Unpack[_GroupCustomAttributeLinkValues]) -> EntityCollection[_types.GroupCustomAttributeLink]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _GroupCustomAttributeLinkFromValues(_CustomAttributeLinkFromValues, total=False):
    ...

class _NewGroupCustomAttributeLinkFrom:
    def __call__(self, **attributes: Unpack[_GroupCustomAttributeLinkFromValues]) -> EntityCollection[_types.GroupCustomAttributeLinkFrom]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ListCustomAttributeLinkValues(_CustomAttributeLinkValues, total=False):
    ...

class _NewListCustomAttributeLink:
    def __call__(self, **attributes: Unpack[_ListCustomAttributeLinkValues]) -> EntityCollection[_types.ListCustomAttributeLink]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ListCustomAttributeLinkFromValues(_CustomAttributeLinkFromValues, total=False):
    ...

class _NewListCustomAttributeLinkFrom:
    def __call__(self, **attributes: Unpack[_ListCustomAttributeLinkFromValues]) -> EntityCollection[_types.ListCustomAttributeLinkFrom]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _NoteAnnotationComponentValues(_NoteComponentValues, total=False):
    ...

class _NewNoteAnnotationComponent:
    def __call__(self, **attributes: Unpack[_NoteAnnotationComponentValues]) -> EntityCollection[_types.NoteAnnotationComponent]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _NoteCategoryValues(_NoteLabelValues, total=False):
    ...

class _NewNoteCategory:
    def __call__(self, **attributes: Unpack[_NoteCategoryValues]) -> EntityCollection[_types.NoteCategory]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ProjectValues(_ContextValues, total=False):
    calendar_events: _Any
    color: str | None
    descendants: _Any
    disk: _Any
    disk_id: str | None
    end_date: _Arrow | _date | str | None
    full_name: str | None
    is_global: bool | None
    is_private: bool | None
    metadata: _Any
    project_schema: _Any
    project_schema_id: str | None
    review_session_folders: _Any
    review_sessions: _Any
    root: str | None
    start_date: _Arrow | _date | str | None
    status: str | None
    user_security_role_projects: _Any

class _NewProject:
    def __call__(self, **attributes: Unpack[_ProjectValues]) -> EntityCollection[_types.Project]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _TypedContextValues(_ContextValues, total=False):
    ancestors: _Any
    bid: float | None
    bid_time_logged_difference: float | None
    descendants: _Any
    description: str | None
    end_date: _Arrow | _date | str | None
    incoming_links: _Any
    lists: _Any
    metadata: _Any
    object_type: _Any
    object_type_id: str | None
    outgoing_links: _Any
    priority: _Any
    priority_id: str | None
    project: _Any
    sort: float | None
    split_parts: _Any
    start_date: _Arrow | _date | str | None
    status: _Any
    status_changes: _Any
    status_id: str | None
    thumbnail_source_id: str | None
    time_logged: float | None
    type: _Any
    type_id: str | None

class _NewTypedContext:
    def __call__(self, **attributes: Unpack[_TypedContextValues]) -> EntityCollection[_types.TypedContext]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _TypedContextListValues(_ListValues, total=False):
    ...

class _NewTypedContextList:
    def __call__(self, **attributes: Unpack[_TypedContextListValues]) -> EntityCollection[_types.TypedContextList]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _TypedContextStatusChangeValues(_StatusChangeValues, total=False):
    ...

class _NewTypedContextStatusChange:
    def __call__(self, **attributes: Unpack[_TypedContextStatusChangeValues]) -> EntityCollection[_types.TypedContextStatusChange]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _TypedContextStatusRuleGroupValues(_StatusRuleGroupValues, total=False):
    ...

class _NewTypedContextStatusRuleGroup:
    def __call__(self, **attributes: Unpack[_TypedContextStatusRuleGroupValues]) -> EntityCollection[_types.TypedContextStatusRuleGroup]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _UserCustomAttributeLinkValues(_CustomAttributeLinkValues, total=False):
    ...

class _NewUserCustomAttributeLink:
    def __call__(self, **attributes: Unpack[_UserCustomAttributeLinkValues]) -> EntityCollection[_types.UserCustomAttributeLink]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _UserCustomAttributeLinkFromValues(_CustomAttributeLinkFromValues, total=False):
    ...

class _NewUserCustomAttributeLinkFrom:
    def __call__(self, **attributes: Unpack[_UserCustomAttributeLinkFromValues]) -> EntityCollection[_types.UserCustomAttributeLinkFrom]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _AssetBuildValues(_TypedContextValues, total=False):
    ...

class _NewAssetBuild:
    def __call__(self, **attributes: Unpack[_AssetBuildValues]) -> EntityCollection[_types.AssetBuild]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _CollaboratorValues(_BaseUserValues, total=False):
    ...

class _NewCollaborator:
    def __call__(self, **attributes: Unpack[_CollaboratorValues]) -> EntityCollection[_types.Collaborator]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _EpisodeValues(_TypedContextValues, total=False):
    ...

class _NewEpisode:
    def __call__(self, **attributes: Unpack[_EpisodeValues]) -> EntityCollection[_types.Episode]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _FolderValues(_TypedContextValues, total=False):
    ...

class _NewFolder:
    def __call__(self, **attributes: Unpack[_FolderValues]) -> EntityCollection[_types.Folder]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ImageValues(_TypedContextValues, total=False):
    ...

class _NewImage:
    def __call__(self, **attributes: Unpack[_ImageValues]) -> EntityCollection[_types.Image]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _InformationValues(_TypedContextValues, total=False):
    ...

class _NewInformation:
    def __call__(self, **attributes: Unpack[_InformationValues]) -> EntityCollection[_types.Information]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _MilestoneValues(_TypedContextValues, total=False):
    ...

class _NewMilestone:
    def __call__(self, **attributes: Unpack[_MilestoneValues]) -> EntityCollection[_types.Milestone]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _SequenceValues(_TypedContextValues, total=False):
    ...

class _NewSequence:
    def __call__(self, **attributes: Unpack[_SequenceValues]) -> EntityCollection[_types.Sequence]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _SequenceComponentValues(_ContainerComponentValues, total=False):
    ...

class _NewSequenceComponent:
    def __call__(self, **attributes: Unpack[_SequenceComponentValues]) -> EntityCollection[_types.SequenceComponent]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _ShotValues(_TypedContextValues, total=False):
    ...

class _NewShot:
    def __call__(self, **attributes: Unpack[_ShotValues]) -> EntityCollection[_types.Shot]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _TaskValues(_TypedContextValues, total=False):
    ...

class _NewTask:
    def __call__(self, **attributes: Unpack[_TaskValues]) -> EntityCollection[_types.Task]:
        """Create one beside these entities, with the same parent, and return it alone."""

class _UserValues(_BaseUserValues, total=False):
    ...

class _NewUser:
    def __call__(self, **attributes: Unpack[_UserValues]) -> EntityCollection[_types.User]:
        """Create one beside these entities, with the same parent, and return it alone."""
