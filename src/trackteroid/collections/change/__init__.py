"""What changes entities: values, new entities, links and deletions, recorded until they are committed."""
