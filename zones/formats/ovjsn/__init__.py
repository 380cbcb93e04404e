"""奥维's .ovjsn: JSON of objects with their positions, each with the datum that they are in."""
