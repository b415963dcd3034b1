"""What is said in public: releases, figures, comparisons, charts, coverage, and the API."""
