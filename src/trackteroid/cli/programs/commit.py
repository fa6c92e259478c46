from trackteroid import SESSION

operations_file = "/tmp/recorded_operations.dbm"
SESSION.reconnect_and_commit(operations_file)
