"""The defects of older versions, each with what holds instead."""

DEFECTS = """
D1 | Types with blanks and digits in their names are found, as the server spells them and as older code did.
    types::test_types_are_found_as_the_server_spells_them_and_as_older_code_does
    queries::test_types_with_blanks_in_their_names_are_found
    entities_schematypes::test_types_are_found_by_the_name_of_the_server_and_by_its_older_form
    reading::test_types_with_a_blank_in_their_name_are_reached_as_the_class_to_import
    names::TestThePackage::test_the_types_of_any_server_can_be_imported_and_queried

D2 | Importing asks no server and needs no credentials.
    names::TestImportingWithoutAServer::test_it_works_and_queries_can_be_written_and_read
    import::test_importing_opens_no_socket_and_no_file

D3 | Importing everything replaces nothing of Python, and submodules are what their names say.
    names::TestImportingEverything::test_what_the_caller_imported_before_stays_what_it_was
    names::TestImportingEverything::test_it_overwrites_no_builtin_and_no_module_of_python
    names::test_a_submodule_can_be_imported_under_its_dotted_name

D4 | Queries, schemas, sessions and threads do not influence each other's relations.
    sessions::test_threads_with_schemas_and_sessions_of_their_own_do_not_meet
    queries::test_two_queries_with_different_schemas_do_not_meet
    queries::test_copies_and_results_keep_the_schema_of_their_query
    relationships::TestTablesOfASession::test_they_are_made_anew_for_other_schemas

D5 | Every type has relations of its own, the most specific first.
    queries::test_every_type_has_relations_of_its_own
    relationships::TestConfiguredRelations::test_the_most_specific_type_wins

D6 | Nothing left after filtering needs no parent, no request and no luck.
    collections::TestSets::test_nothing_left_is_no_error_for_any_type
    algebra::test_empty_results_need_no_parent_and_no_request

D7 | Members of any type of the server can be read.
    queries::test_members_of_any_type_can_be_read
    entities::test_there_is_a_class_for_every_type_of_a_server
    names::TestThePackage::test_the_types_of_any_server_can_be_imported_and_queried
    container::test_every_type_of_a_server_can_be_held_keyed_and_read

D8 | Entities are told apart by type and whole primary key.
    queries::test_entities_without_an_id_are_told_apart
    container::test_types_without_an_id_are_told_apart_by_their_whole_key
    container::test_duplicates_are_dropped_by_type_and_id
    container::test_entities_of_several_kinds_with_the_same_id_stay_apart

D9 | The opposite of a criterion holds exactly where the criterion does not.
    queries::test_an_entity_meets_a_criterion_or_its_opposite
    criteria::test_negated_criteria_mean_the_opposite

D10 | Any text can be a value; words in it are neither cut out nor rewritten.
    queries::test_any_text_is_found_as_it_was_written
    fast_queries::test_a_quoted_value_is_never_touched
    language::test_any_value_arrives_as_it_was_given
    language::test_any_values_arrive_as_they_were_given
    fast_queries::test_only_the_querys_own_limit_and_offset_count

D11 | The id shortcut is taken only where a foreign key exists, and for plain values.
    queries::test_conditions_are_written_as_people_know_them_from_logs
    criteria::test_criteria_with_a_target_follow_the_relation_to_it

D12 | Targets and relations are checked by the call of the criterion.
    messages::test_wrong_arguments_of_a_query_are_told_by_the_call
    messages::test_an_unknown_relation_names_both_ends_and_where_to_add_it

D12b | Reading a type that nothing leads to raises.
    messages::test_an_unknown_relation_names_both_ends_and_where_to_add_it

D13 | Custom attributes of every type can be set, several at once too.
    authoring::TestAssigning::test_metadata_and_custom_attributes
    assignment::TestCustomAttributes::test_several_are_set_with_a_dictionary
    assignment::TestCustomAttributes::test_take_what_they_are_configured_for
    assignment::TestCustomAttributes::test_are_of_the_type_that_their_kind_of_entity_has

D14 | References that are loaded for some entities only are not hidden.
    collections::TestReading::test_partly_loaded_references_are_not_hidden
    reading::test_null_and_unloaded_references_hide_nothing
    reading::test_arrays_are_joined_without_duplicates

D15 | References that are null everywhere are a typed collection of nothing.
    collections::TestReading::test_a_null_reference_is_nothing
    reading::test_references_to_nothing_are_empty_and_typed

D16 | A collection of nothing gives neutral results and can be unpacked like any other.
    collections::TestNothing::test_whatever_is_asked_of_it_ends_in_the_fallback
    empty::test_a_partition_is_two_empty_parts
    empty::test_results_are_neutral

D17 | A collection of nothing has no element, never changes in place, and its commit is one.
    collections::TestNothing::test_a_loop_over_it_does_nothing
    collections::TestNothing::test_it_is_typed_wherever_it_leads
    collections::TestNothing::test_a_commit_on_it_sends_what_is_pending
    collections::TestNothing::test_it_is_false_empty_and_typed
    collections::TestNothing::test_deleting_nothing_returns_the_session

D18 | Sessions that populate by themselves do so, with one query for all.
    collections::TestReading::test_auto_populate_asks_once_for_all
    reading::TestAutoPopulate::test_asks_once_for_a_whole_loop
    reading::TestAutoPopulate::test_asks_once_per_level_of_what_a_loop_reads
    reading::TestAutoPopulate::test_loads_custom_attributes_too

D19 | What is read before it was loaded is seen once it is loaded.
    collections::TestReading::test_what_is_read_too_early_is_seen_once_it_is_loaded
    reading::test_values_read_too_early_are_seen_once_they_are_loaded

D20 | Iterators are independent of each other.
    collections::TestContainer::test_iterators_do_not_disturb_each_other

D21 | Parents, children and components can be set.
    authoring::TestAssigning::test_references_to_more_special_types
    authoring::TestAssigning::test_arrays_are_replaced_as_a_whole
    authoring::TestAssigning::test_children_go_to_whom_they_are_given

D22 | Every value is checked before anything is recorded; None, dates and subtypes are taken.
    authoring::TestAssigning::test_every_value_of_a_list_is_checked_first
    authoring::TestAssigning::test_moments
    authoring::TestAssigning::test_references_to_nothing
    assignment::test_scalars_that_fit
    authoring::TestAssigning::test_references_to_more_special_types
    authoring::TestAssigning::test_metadata_and_custom_attributes
    assignment::TestTraces::test_of_wrong_values

D23 | Collections are unwrapped for every reference; a failure leaves no operation behind.
    authoring::TestCreating::test_what_is_missing_or_does_not_fit_is_told_and_leaves_no_trace
    authoring::TestCreating::test_assignments_reviews_and_lists
    creation::TestChecks::test_a_failure_of_ftrack_leaves_no_trace
    creation::TestBatches::test_or_none

D24 | Unknown keywords are errors, and custom attributes can be given.
    messages::test_a_misspelt_name_is_shown_with_its_owner_and_its_neighbours
    authoring::TestCreating::test_custom_attributes_and_metadata_go_along
    messages::test_a_misspelt_custom_attribute_too

D25 | Notes need no recipient to exist before.
    authoring::TestNotes::test_no_recipient_has_to_exist_before
    creation::TestNotes::test_reach_their_recipients
    creation::TestNotes::test_are_by_the_user_of_the_session_unless_said_otherwise
    creation::TestChecks::test_a_failure_of_ftrack_leaves_no_trace

D26 | Links show on both sides at once, and there is one of each.
    linking::TestLinks::test_they_show_on_both_sides_at_once
    linking::TestLinks::test_linking_twice_is_linking_once
    linking::TestLinks::test_they_still_show_after_a_commit
    linking::TestLinks::test_linking_again_after_a_commit_is_linking_once
    links::test_existing_links_are_asked_for_once
    links::TestCommit::test_leaves_links_visible_on_both_sides

D27 | Inferred paths are the ones people mean, whatever the order of the server's answer.
    relationships::test_the_path_between_two_types_is_the_one_people_mean
    relationships::test_paths_do_not_depend_on_the_order_in_which_a_server_lists_things
    queries::test_projects_are_found_from_what_their_tasks_have
    relationships::test_no_inferred_path_goes_through_what_means_something_else
    relationships::test_who_completed_something_leads_to_nothing_else

D28 | The schema says whether a configured path can lead to several entities.
    relationships::TestConfiguredRelations::test_the_schema_says_whether_there_can_be_several

D29 | A mistake in the configuration is told every time.
    configuration::test_a_mistake_in_it_is_told_whenever_it_is_needed
    relationships::TestConfiguredRelations::test_mistakes_are_reported_every_time_their_path_is_used_and_only_then
    settings::TestEntries::test_a_result_of_another_shape_is_reported_every_time

D30 | Repeated criteria of one kind merge their values, ranges narrow, nothing is lost.
    queries::test_repeated_criteria_add_values_to_each_other

D31 | Injected text keeps to its parentheses and loses whole words only.
    queries::test_conditions_are_written_as_people_know_them_from_logs
    queries::test_criteria_find_what_they_say
    messages::test_wrong_arguments_of_a_query_are_told_by_the_call

D32 | No values match nothing; a range without a bound is refused.
    queries::test_repeated_criteria_add_values_to_each_other
    messages::test_wrong_arguments_of_a_query_are_told_by_the_call
    terminators::TestNothingToAsk::test_no_values_find_nothing_without_a_request

D33 | Projections are ordered, unique, checked, and hold for one call; chains do not grow by being looked at.
    queries::TestProjections::test_defaults_come_first_and_nothing_twice
    queries::TestProjections::test_they_hold_for_one_call
    queries::TestProjections::test_chains_can_be_kept_and_continued
    projections::test_what_cannot_be_asked_for_is_reported_before_anything_is_sent
    messages::test_an_unknown_relation_names_both_ends_and_where_to_add_it

D34 | The server orders, by several and by dotted keys, of which nothing is loaded.
    queries::TestTerminators::test_the_server_orders_by_what_is_not_even_loaded
    queries::TestTerminators::test_several_keys_order_one_after_the_other
    queries::TestTerminators::test_null_values_are_ordered_by_the_server_too
    terminators::test_the_server_orders_and_limits
    terminators::test_wrong_options_are_refused_before_anything_is_sent
    queries::TestTerminators::test_a_limit_of_zero_asks_nothing
    queries::TestTerminators::test_the_first_is_the_first_by_primary_key

D35 | Children can be queried.
    collections::TestQueries::test_children_can_be_queried

D36 | A result keeps the query it came from.
    collections::TestQueries::test_the_query_of_a_result_keeps_its_criteria

D37 | Results are reused when wanted, forgotten by a commit, and not kept alive otherwise.
    sessions::TestReusingResults::test_a_commit_forgets_them
    sessions::TestReusingResults::test_outside_of_it_nothing_is_kept_alive
    connection::test_results_are_forgotten_when_they_may_be_out_of_date
    connection::test_results_are_kept_alive_only_while_they_are_reused
    results::test_the_one_not_asked_for_the_longest_goes_first
    results::test_nothing_is_kept_once_keeping_ends
    sessions::TestReusingResults::test_empty_results_too
    terminators::TestReuse::test_results_are_not_shared_between_entries_of_schema
    terminators::TestReuse::test_nothing_is_reused_unless_it_is_wanted

D38 | Reconnecting adds no cache, warns of what it discards, and leaves collections usable.
    sessions::TestReconnecting::test_it_does_not_grow
    sessions::TestReconnecting::test_pending_changes_are_discarded_with_one_warning
    sessions::TestReconnecting::test_what_is_fetched_afterwards_arrives
    connection::test_reconnecting_keeps_the_object_and_one_memory_cache_above_the_callers_own
    sessions::TestReconnecting::test_what_is_fetched_arrives_although_it_was_queried_again

D39 | A session is one of ftrack_api, a context manager, hashable, and takes reuse_query_results.
    sessions::TestWhatItIs::test_it_is_a_session_of_ftrack_api
    sessions::TestWhatItIs::test_it_is_a_context_manager
    sessions::TestReusingResults::test_a_session_can_be_made_so
    sessions::TestWhatItIs::test_it_connects_when_it_is_first_used

D40 | Deletions are deferred too.
    sessions::TestDeferring::test_deletions_notes_and_metadata_are_sent_too

D41 | Assignments alone are deferred too.
    sessions::TestDeferring::test_conflicts
    recording::test_changed_values_of_entities_that_were_known_before_are_not_lost

D42 | An exception leaves the session as it was.
    sessions::TestDeferring::test_an_exception_restores_everything
    sessions::TestDeferring::test_an_exception_restores_what_was_read_before_a_reconnect
    recording::test_after_an_exception_the_session_is_as_before
    recording::test_after_an_exception_an_existing_file_is_untouched

D43 | A file can be added to.
    sessions::TestDeferring::test_a_file_can_be_added_to

D44 | Every kind of value can be deferred.
    recording::test_every_kind_of_value_is_recorded
    sessions::TestDeferring::test_deletions_notes_and_metadata_are_sent_too

D45 | Texts that look like markers stay texts.
    sessions::TestDeferring::test_sending_twice_creates_once
    values::test_what_looks_like_a_marker_stays_what_it_is
    values::test_every_value_is_read_as_it_was_written
    recording::test_every_kind_of_value_is_recorded

D46 | One file, complete, marked when sent.
    sessions::TestDeferring::test_nothing_is_sent_and_nothing_stays_pending
    sessions::TestDeferring::test_sending_twice_creates_once
    file::test_a_file_is_one_file_and_nothing_else
    file::test_a_file_is_read_as_it_was_written
    file::test_every_file_has_its_own_id
    file::test_a_file_is_a_plain_sqlite_dictionary
    file::test_the_recorded_address_holds_no_credentials
    file::test_a_file_is_on_disk_before_it_takes_its_name_and_its_name_before_the_call_returns
    file::test_a_failing_step_leaves_the_old_file
    replay::test_a_second_replay_sends_nothing
    formats::test_files_of_older_tools_are_read_on_every_python

D47 | Entities of other sessions are refused wherever collections meet.
    authoring::TestCreating::test_entities_of_another_session_are_refused
    algebra::TestRefusals::test_other_sessions_schemas_and_types
    assignment::TestReferences::test_refuse_other_sessions_and_schemas
    links::test_what_cannot_be_linked_is_refused
    creation::TestChecks::test_other_sessions_are_refused
    creation::TestNotes::test_take_nothing_of_another_session

D48 | What is checked is raised, and would be with optimised Python too.
    errors::test_existing_code_catches_it
    authoring::TestCreating::test_what_is_missing_or_does_not_fit_is_told_and_leaves_no_trace
    container::test_errors_are_raised_and_never_asserted
    algebra::TestCoercion::test_to_anything_else_is_refused
    terminators::test_wrong_options_are_refused_before_anything_is_sent

D49 | Sets and sorting take time in proportion to their input.
    algebra::test_the_laws_of_sets_hold
    algebra::test_sorting_is_that_of_python
    speed::test_four_times_as_much_takes_four_times_as_long

D50 | An element is a light view of the collection.
    container::test_elements_are_collections_of_one_entity
    container::test_nothing_of_this_talks_to_the_server
    container::test_elements_take_little_memory
    speed::test_operations_are_about_as_fast_as_loops_by_hand
    container::test_elements_share_everything_but_their_entity

D51 | Fetching asks in parts of bounded size.
    querying::test_fetching_asks_for_many_entities_in_parts
    querying::TestOnlyMissing::test_asks_nothing_when_everything_is_there
    querying::test_children_of_many_are_asked_for_in_parts
    creation::TestParents::test_an_unloaded_attribute_is_enough
    creation::TestNotes::test_are_by_the_user_of_the_session_unless_said_otherwise

D52 | No logger escapes the namespace.
    logs::test_no_logger_escapes_the_namespace
    configuration::test_the_other_settings_are_used_where_they_say
    logs::test_loading_for_nothing_is_mentioned

D53 | Types are part of the package, not a generated file.
    names::test_the_package_tells_type_checkers_that_it_is_typed

D54 | The package is typed, and its tests need no server.
    names::test_the_package_tells_type_checkers_that_it_is_typed

D55 | The current ftrack-python-api works, and a change of its inner names is noticed.
    contract::test_a_private_member_exists
    contract::test_what_we_reproduce_has_not_changed
    names::TestPrivateNamesOfFtrackApi::test_they_are_used_in_one_folder_only
    names::TestPrivateNamesOfFtrackApi::test_a_use_would_be_found
    names::TestPrivateNamesOfFtrackApi::test_ftrack_api_keeps_these_names
    names::TestPrivateNamesOfFtrackApi::test_the_server_does_not_import_ftrack_api

D56 | Truth and equality of collections are those of Python 3.
    collections::TestNothing::test_it_is_false_empty_and_typed
    collections::TestContainer::test_equality_is_about_entities_and_their_order

D57 | Nothing mutable is shared between queries or collections.
    queries::test_a_copy_of_a_query_goes_its_own_way
    collections::TestContainer::test_it_never_changes
    queries::test_a_criterion_changes_the_query_and_returns_it
    entities::test_changing_the_list_of_projections_changes_nothing
    criteria::test_criteria_without_a_target_need_no_server

D58 | Several collections: what is in exactly one of them; nothing is neutral; types are checked.
    collections::TestSets::test_the_documented_examples
    collections::TestSets::test_nothing_is_neutral
    collections::TestSets::test_types_and_sessions_do_not_mix
    algebra::test_symmetric_difference_is_what_exactly_one_has
    algebra::test_nothing_is_the_neutral_element

D59 | Lists are keys of groups.
    collections::TestTransforming::test_group_and_group_and_map
    algebra::test_groups_take_lists_tuples_and_collections_as_keys

D60 | Extremes are defined among equals; keys may be single values, tuples or missing.
    collections::TestTransforming::test_extremes
    collections::TestTransforming::test_sort
    algebra::TestMissingValues::test_come_last_in_any_order
    algebra::TestMissingValues::test_do_not_count_as_extremes
    algebra::test_the_largest_of_several_values_counts

D61 | Nothing that is remembered outlives the connection it came from.
    types::test_they_are_asked_for_once_per_connection
    relationships::TestTablesOfASession::test_they_are_made_anew_for_other_schemas
    entities_schematypes::test_they_are_asked_for_again_after_a_reconnect
    assignment::TestCustomAttributes::test_are_looked_up_again_after_a_reconnect
    container::test_the_schema_of_a_new_connection_counts

D63 | Collections can be copied, and pickling one says what to do instead.
    collections::TestContainer::test_copies_are_the_collection_and_pickling_says_what_to_do

D64 | Attributes that are called like a method can be read.
    collections::TestReading::test_attributes_that_are_called_like_methods

D65 | Whether an attribute exists does not depend on what comes first.
    collections::TestReading::test_parents_may_be_projects_whatever_comes_first
    reading::test_attributes_of_mixed_collections_do_not_depend_on_the_order

D66 | Fetching and get work without an earlier query for that type.
    collections::TestReading::test_parents_may_be_projects_whatever_comes_first
    collections::TestReading::test_get_loads_what_a_type_shortcut_reads
    querying::test_what_only_some_kinds_have_is_asked_of_these
    querying::test_related_entities_are_loaded_with_their_attributes

D67 | Deleted entities disappear from what is read; children are created of a type that is said.
    linking::TestDeleting::test_deleted_entities_disappear_from_what_is_read
    messages::test_wrong_use_of_a_collection_is_told
    deletion::test_they_stay_away_after_the_commit
    creation::TestRules::test_the_type_asked_for_is_created

D68 | Every criterion compares something that exists.
    queries::test_single_criteria_compare_what_exists
    entities::test_every_declared_criterion_compares_something_that_exists

D69 | Default projections exist on the server and can be configured.
    entities::test_every_default_projection_exists_and_can_be_asked_for
    configuration::test_the_other_settings_are_used_where_they_say
    projections::test_a_studio_can_choose_the_default_projections
    querying::test_without_attributes_those_that_the_studio_chose_are_fetched

D70 | Every documented example runs and prints what its page says.
    pages::test_code_runs_and_prints_what_the_page_shows
"""
