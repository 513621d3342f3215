"""The pages: requests in HTML become one service call, and back."""
