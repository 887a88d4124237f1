"""The tests of the library, the integration, the running whole, and the repository itself."""
