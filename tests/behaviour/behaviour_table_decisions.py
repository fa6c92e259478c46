"""The decisions: where the contract is followed and where it is bettered."""

DECISIONS = """
Q1 | Positive criteria have the text that people know from their logs.
    queries::test_conditions_are_written_as_people_know_them_from_logs

Q2 | Quotes and backslashes in values are escaped; wildcards can be meant literally.
    queries::test_any_text_is_found_as_it_was_written
    queries::test_wildcards_can_be_meant_literally
    language::test_any_value_arrives_as_it_was_given
    language::test_any_values_arrive_as_they_were_given

Q3 | Words such as "limit 5" in a value are left alone, also in query text of the user.
    queries::test_any_text_is_found_as_it_was_written
    fast_queries::test_only_the_querys_own_limit_and_offset_count
    fast_queries::test_the_value_reaches_the_server_unchanged

Q4 | Defaults first, then what is asked for in its order, once each, for this call only.
    queries::TestProjections::test_defaults_come_first_and_nothing_twice
    queries::TestProjections::test_they_hold_for_one_call

Q5 | Conditions are ordered by the number of relations, not by dots in values.
    criteria::test_criteria_are_ordered_by_the_number_of_relations_and_not_by_dots_in_values

Q6 | Negation is structural: inside a to-one relation, outside a to-many one, and for all of several paths.
    queries::test_an_entity_meets_a_criterion_or_its_opposite
    queries::test_the_opposite_of_several_paths_is_that_none_of_them_leads_there
    criteria::test_negated_criteria_mean_the_opposite

Q7 | Same criterion, target and polarity: values merge; ranges both hold.
    queries::test_repeated_criteria_add_values_to_each_other

Q8 | No values: nothing without a request, the opposite everything; a range needs a bound.
    queries::test_criteria_find_what_they_say
    terminators::TestNothingToAsk::test_no_values_find_nothing_without_a_request
    messages::test_wrong_arguments_of_a_query_are_told_by_the_call
    asking::TestStreaming::test_nothing_is_asked_where_nothing_can_be_found

Q9 | Errors come with the call of the criterion, and leave the query as it was.
    messages::test_wrong_arguments_of_a_query_are_told_by_the_call
    messages::test_a_criterion_that_failed_leaves_the_query_as_it_was
    messages::test_an_unknown_relation_names_both_ends_and_where_to_add_it
    relationships::TestUnknownRelations::test_the_error_names_both_types_what_is_known_and_the_setting

Q10 | A limit of zero asks nothing; negative numbers are refused.
    queries::TestTerminators::test_a_limit_of_zero_asks_nothing
    messages::test_wrong_arguments_of_a_query_are_told_by_the_call
    queries::test_criteria_find_what_they_say

Q11 | The server orders by dotted and by several keys.
    queries::TestTerminators::test_several_keys_order_one_after_the_other
    queries::TestTerminators::test_the_server_orders_by_what_is_not_even_loaded
    terminators::test_the_server_orders_and_limits

Q12 | Injected fragments stand in parentheses.
    queries::test_conditions_are_written_as_people_know_them_from_logs

Q13 | The id shortcut where the foreign key exists, without a cast, for plain values.
    queries::test_conditions_are_written_as_people_know_them_from_logs
    criteria::test_criteria_with_a_target_follow_the_relation_to_it

Q14 | Single criteria compare what exists.
    queries::test_single_criteria_compare_what_exists
    criteria::test_criteria_without_a_target_need_no_server
    criteria::test_criteria_with_a_target_follow_the_relation_to_it
    entities::test_every_declared_criterion_compares_something_that_exists

R1 | Inference: shortest, to-one first, never through what means something else, in any order of the schema.
    relationships::test_the_path_between_two_types_is_the_one_people_mean
    relationships::test_no_inferred_path_goes_through_what_means_something_else
    queries::test_projects_are_found_from_what_their_tasks_have
    relationships::test_who_completed_something_leads_to_nothing_else

R2 | Curated relations lie between the studio's own and inferred ones, also for types only some servers have.
    relationships::test_object_types_of_a_server_can_be_reached_like_the_known_ones
    relationships::TestConfiguredRelations::test_they_win_over_all_others
    queries::TestProjections::test_a_type_stands_for_the_path_to_it

R3 | Relations are tables of (schema, entry): no global state.
    sessions::test_threads_with_schemas_and_sessions_of_their_own_do_not_meet
    queries::test_two_queries_with_different_schemas_do_not_meet
    queries::test_copies_and_results_keep_the_schema_of_their_query
    relationships::TestTablesOfASession::test_they_are_made_anew_for_other_schemas
    relationships::TestConfiguredRelations::test_mistakes_are_reported_every_time_their_path_is_used_and_only_then

R4 | An unknown relation names both types, what is known and the setting.
    messages::test_an_unknown_relation_names_both_ends_and_where_to_add_it

R5 | Queries and collections explain their paths.
    queries::test_the_path_to_a_type_can_be_explained
    queries::test_a_collection_explains_the_path_too

C1 | A collection of nothing yields nothing, is typed through the schema and ends in the fallback.
    collections::TestNothing::test_whatever_is_asked_of_it_ends_in_the_fallback
    collections::TestNothing::test_it_is_typed_wherever_it_leads
    messages::test_a_misspelt_name_is_shown_with_its_owner_and_its_neighbours
    collections::TestNothing::test_it_is_false_empty_and_typed
    collections::TestNothing::test_a_loop_over_it_does_nothing
    empty::test_selections_are_the_collection_itself
    empty::test_results_are_neutral

C2 | Its commit commits the session.
    collections::TestNothing::test_a_commit_on_it_sends_what_is_pending

C3 | Equality: the same entities in the same order, whatever the session.
    collections::TestContainer::test_equality_is_about_entities_and_their_order
    container::test_equality_is_about_the_same_entities_in_the_same_order
    container::test_entities_of_several_kinds_with_the_same_id_stay_apart

C4 | Entities of other sessions and schemas are refused.
    authoring::TestCreating::test_entities_of_another_session_are_refused
    collections::TestSets::test_types_and_sessions_do_not_mix
    algebra::TestRefusals::test_other_sessions_schemas_and_types
    assignment::TestReferences::test_refuse_other_sessions_and_schemas
    links::test_what_cannot_be_linked_is_refused
    creation::TestChecks::test_other_sessions_are_refused
    creation::TestNotes::test_take_nothing_of_another_session

C5 | The last of equal maxima, the first of equal minima.
    collections::TestTransforming::test_extremes

C6 | Symmetric difference: what is in exactly one.
    collections::TestSets::test_the_documented_examples

C7 | Operators are the methods.
    collections::TestSets::test_the_documented_examples
    algebra::test_operators_are_the_methods
    collections::TestContainer::test_membership
    collections::TestSets::test_nothing_is_neutral
    algebra::test_nothing_is_the_neutral_element
    empty::test_set_algebra_with_nothing_is_neutral

C8 | Sort keys may be lists, single values, tuples or missing.
    collections::TestTransforming::test_sort
    algebra::test_the_largest_of_several_values_counts
    algebra::TestMissingValues::test_come_last_in_any_order

C9 | A list as a group's key is its value, or a tuple.
    collections::TestTransforming::test_group_and_group_and_map

C10 | Unloaded and null references are nothing; what is loaded is there.
    collections::TestReading::test_partly_loaded_references_are_not_hidden
    collections::TestReading::test_a_null_reference_is_nothing
    reading::test_null_and_unloaded_references_hide_nothing
    reading::test_arrays_are_joined_without_duplicates
    reading::test_references_to_nothing_are_empty_and_typed

C11 | Every type of every server can be imported, queried and told apart.
    names::TestThePackage::test_the_types_of_any_server_can_be_imported_and_queried
    queries::test_entities_without_an_id_are_told_apart
    container::test_every_type_of_a_server_can_be_held_keyed_and_read

C12 | Assignment checks every value first and takes what fits.
    authoring::TestAssigning::test_what_does_not_fit_changes_nothing
    authoring::TestAssigning::test_references_also_through_the_type
    authoring::TestAssigning::test_custom_attributes_are_checked_before_anything_is_recorded
    assignment::test_scalars_that_fit
    authoring::TestAssigning::test_moments
    authoring::TestAssigning::test_references_to_more_special_types
    authoring::TestAssigning::test_arrays_are_replaced_as_a_whole
    authoring::TestAssigning::test_metadata_and_custom_attributes
    authoring::TestAssigning::test_every_value_of_a_list_is_checked_first
    assignment::TestCustomAttributes::test_take_what_they_are_configured_for
    assignment::TestCustomAttributes::test_several_are_set_with_a_dictionary
    assignment::TestTraces::test_of_wrong_values
    authoring::TestAssigning::test_references_to_nothing
    assignment::test_none_clears_all

C13 | Creation checks all arguments first and leaves no trace of a failure.
    authoring::TestCreating::test_what_is_missing_or_does_not_fit_is_told_and_leaves_no_trace
    authoring::TestCreating::test_custom_attributes_have_types
    creation::TestChecks::test_a_failure_of_ftrack_leaves_no_trace
    creation::TestBatches::test_or_none
    creation::TestChecks::test_arrays_take_collections
    authoring::TestCreating::test_assignments_reviews_and_lists
    authoring::TestCreating::test_custom_attributes_and_metadata_go_along
    authoring::TestCreating::test_from_an_attribute_that_was_never_loaded

C14 | Links show at once on both sides, and linking twice records one.
    linking::TestLinks::test_they_show_on_both_sides_at_once
    linking::TestLinks::test_linking_twice_is_linking_once
    linking::TestLinks::test_linking_again_after_a_commit_is_linking_once
    links::test_existing_links_are_asked_for_once
    links::TestCommit::test_leaves_links_visible_on_both_sides

C15 | Deleting returns the session, and the deleted disappear.
    linking::TestDeleting::test_it_returns_the_session
    linking::TestDeleting::test_deleted_entities_disappear_from_what_is_read
    deletion::test_they_stay_away_after_the_commit
    deletion::test_they_are_back_after_a_rollback

C16 | Errors that existing code catches as AssertionError still are.
    errors::test_existing_code_catches_it
    messages::test_wrong_use_of_a_collection_is_told
    container::test_errors_are_raised_and_never_asserted
    errors::test_every_class_is_also_what_the_docstring_has_in_brackets

C17 | A shadowed attribute is read with `attribute`.
    collections::TestReading::test_attributes_that_are_called_like_methods

C18 | Missing values of an auto-populating session are loaded in one query.
    collections::TestReading::test_auto_populate_asks_once_for_all
    reading::TestAutoPopulate::test_asks_once_for_a_whole_loop
    reading::TestAutoPopulate::test_asks_once_per_level_of_what_a_loop_reads
    reading::TestAutoPopulate::test_loads_custom_attributes_too
    reading::TestAutoPopulate::test_does_not_ask_again_for_what_the_server_does_not_have

S1 | A session is one of ftrack_api and connects on first use.
    sessions::TestWhatItIs::test_it_is_a_session_of_ftrack_api
    sessions::TestWhatItIs::test_it_connects_when_it_is_first_used
    sessions::TestWhatItIs::test_it_is_a_context_manager
    sessions::TestReusingResults::test_a_session_can_be_made_so

S2 | Reconnecting keeps the object, one memory cache and usable collections, and warns once.
    sessions::TestReconnecting::test_session_queries_and_collections_survive
    sessions::TestReconnecting::test_pending_changes_are_discarded_with_one_warning
    sessions::TestReconnecting::test_what_is_fetched_afterwards_arrives
    sessions::TestReconnecting::test_it_does_not_grow
    connection::test_reconnecting_keeps_the_object_and_one_memory_cache_above_the_callers_own
    sessions::TestReconnecting::test_what_is_fetched_arrives_although_it_was_queried_again

S3 | Reused results are the same object, until a commit.
    sessions::TestReusingResults::test_the_same_text_is_the_same_object
    sessions::TestReusingResults::test_a_commit_forgets_them
    connection::test_results_are_forgotten_when_they_may_be_out_of_date
    connection::test_results_are_kept_alive_only_while_they_are_reused
    results::test_the_one_not_asked_for_the_longest_goes_first
    results::test_nothing_is_kept_once_keeping_ends
    sessions::TestReusingResults::test_empty_results_too
    terminators::TestReuse::test_results_are_not_shared_between_entries_of_schema
    terminators::TestReuse::test_nothing_is_reused_unless_it_is_wanted
    sessions::TestReusingResults::test_outside_of_it_nothing_is_kept_alive

S4 | Deferred work is one file with every kind of operation; files of older tools are read.
    sessions::TestDeferring::test_deletions_notes_and_metadata_are_sent_too
    file::test_files_of_older_tools_are_read
    file::test_a_file_is_read_as_it_was_written
    file::test_every_file_has_its_own_id
    file::test_a_file_is_a_plain_sqlite_dictionary
    file::test_the_recorded_address_holds_no_credentials
    file::test_a_file_is_on_disk_before_it_takes_its_name_and_its_name_before_the_call_returns
    file::test_a_failing_step_leaves_the_old_file
    replay::test_a_second_replay_sends_nothing
    formats::test_files_of_older_tools_are_read_on_every_python
    sessions::TestDeferring::test_nothing_is_sent_and_nothing_stays_pending
    file::test_a_file_is_one_file_and_nothing_else

S5 | An exception in a deferred block leaves neither file nor change.
    sessions::TestDeferring::test_an_exception_restores_everything
    sessions::TestDeferring::test_an_exception_restores_what_was_read_before_a_reconnect
    recording::test_after_an_exception_the_session_is_as_before
    recording::test_after_an_exception_an_existing_file_is_untouched

S6 | Sending again never duplicates.
    sessions::TestDeferring::test_sending_twice_creates_once
    replay::test_after_any_interruption_nothing_is_lost_and_nothing_is_twice
    replay::test_a_second_replay_sends_nothing
    replay::test_a_copy_of_a_sent_file_duplicates_nothing
    replay::test_operations_added_after_an_interruption_are_sent
    replay::test_metadata_that_somebody_made_meanwhile_gets_the_recorded_value

S7 | Conflicts are overwritten, skipped or raised.
    sessions::TestDeferring::test_conflicts
    replay::test_conflicts_are_overwritten_by_default
    replay::test_unchanged_values_and_equal_changes_are_no_conflicts
    replay::test_conflicts_can_stop_the_replay

S8 | Threads can share a session for queries.
    sessions::test_threads_can_share_a_session
    connection::test_several_threads_make_one_connection
    results::test_it_can_be_used_from_several_threads
    forks::test_eight_threads_query_and_read_through_one_session
    hydration::test_threads_can_query_at_once

H1 | Importing never connects, type helpers included.
    import::test_importing_opens_no_socket_and_no_file
    types::test_importing_and_printing_them_asks_nothing

H2 | Type helpers look up the exact name first; unknown names raise with suggestions.
    types::test_types_are_found_as_the_server_spells_them_and_as_older_code_does
    messages::test_a_misspelt_name_is_shown_with_its_owner_and_its_neighbours
    entities_schematypes::test_types_are_found_by_the_name_of_the_server_and_by_its_older_form

H3 | Default projections can be configured.
    configuration::test_the_other_settings_are_used_where_they_say
    projections::test_a_studio_can_choose_the_default_projections
    querying::test_without_attributes_those_that_the_studio_chose_are_fetched

H4 | Errors of the configuration are always the same.
    settings::TestTheFile::test_a_broken_one_fails_the_same_way_every_time
    configuration::test_a_mistake_in_it_is_told_whenever_it_is_needed
    settings::TestEntries::test_a_result_of_another_shape_is_reported_every_time
    settings::TestTheFile::test_mistakes_in_it_are_named

H5 | All loggers are below the namespace.
    configuration::test_the_other_settings_are_used_where_they_say
    logs::test_no_logger_escapes_the_namespace
"""
