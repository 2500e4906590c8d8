"""What the user wrote: pathways and scenarios, loaded and checked."""
