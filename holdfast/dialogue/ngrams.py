"""Character n-grams of a message at a weight of their own, so that a long message does not shout down its meaning."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple  # noqa: UP035 (Rasa compares annotations with typing's names)

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import CountVectorsFeaturizer
from sklearn.preprocessing import normalize

Rows = List[Optional[Any]]  # noqa: UP006, UP045


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class NgramFeaturizer(CountVectorsFeaturizer):  # type: ignore[misc]
    """Rasa's CountVectorsFeaturizer with every sentence brought to the length ``weight``, and nothing for single words.

    The classifier reads sentences only; counting for each word costs the most of the parent's training time.
    """

    @staticmethod
    def get_default_config() -> Dict[str, Any]:  # noqa: UP006
        """The parent's settings and ``weight``, the length of each row."""
        return {**CountVectorsFeaturizer.get_default_config(), "weight": 1.0}

    def _create_features(
        self,
        attribute: str,
        all_tokens: List[List[str]],  # noqa: UP006
    ) -> Tuple[Rows, Rows]:  # noqa: UP006
        vectorizer = self.vectorizers.get(attribute)
        if not vectorizer:
            return [None], [None]
        sentences: Rows = [None] * len(all_tokens)
        worded = [index for index, tokens in enumerate(all_tokens) if tokens]
        if worded:
            counts = vectorizer.transform([" ".join(all_tokens[index]) for index in worded]).astype(float)
            matrix = normalize(counts) * float(self._config["weight"])
            for row, index in enumerate(worded):
                sentences[index] = matrix[row].tocoo()
        return [None] * len(all_tokens), sentences
