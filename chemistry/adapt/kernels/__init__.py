"""The compiled loop behind the gradients of a pool."""
