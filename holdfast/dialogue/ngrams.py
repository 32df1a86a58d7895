"""Character n-grams of a message at a weight of their own, so that a long message does not shout down its meaning."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text, Tuple  # noqa: UP035 (Rasa compares annotations with typing's names)

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import CountVectorsFeaturizer
from sklearn.preprocessing import normalize


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class NgramFeaturizer(CountVectorsFeaturizer):  # type: ignore[misc]
    """Rasa's CountVectorsFeaturizer with every row brought to the length ``weight``."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:  # noqa: UP006
        """The parent's settings and ``weight``, the length of each row."""
        return {**CountVectorsFeaturizer.get_default_config(), "weight": 1.0}

    def _create_features(
        self,
        attribute: Text,
        all_tokens: List[List[Text]],  # noqa: UP006
    ) -> Tuple[List[Optional[Any]], List[Optional[Any]]]:  # noqa: UP006, UP045
        sequences, sentences = super()._create_features(attribute, all_tokens)
        return sequences, [row if row is None else self._weighted(row) for row in sentences]

    def _weighted(self, row: Any) -> Any:
        return (normalize(row.tocsr().astype(float)) * float(self._config["weight"])).tocoo()
