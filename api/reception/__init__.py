"""What happens when a message arrives: danger, commands, owner, assistant, queue."""
