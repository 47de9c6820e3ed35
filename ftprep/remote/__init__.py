"""The life of a tuned model, whoever trains it: upload, jobs, results, comparison, cleaning up."""
